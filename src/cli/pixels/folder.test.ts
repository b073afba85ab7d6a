import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isElpisError } from "../../base/index.js";
import { PictureFolder } from "./folder.js";

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "elpis-pictures-"));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isElpisError(error) ? error.code : String(error);
  }
  return undefined;
}

describe("a folder of pictures", () => {
  it.each([
    [["scan.dcm"], ["scan"]],
    [["IM0001"], ["IM0001"]],
    [["IM.0001.DCM"], ["IM.0001"]],
    [["Größe 1.dcm"], ["Gr_e_1"]],
    [["..."], ["file"]],
    [["山田.dcm"], ["_"]],
    [
      ["a/x.dcm", "b/x.dcm", "b/X", "c/x-2.dcm"],
      ["x", "x-2", "X-3", "x-2-2"],
    ],
    [["y".repeat(300)], ["y".repeat(80)]],
  ])("names %j after %j", (files, names) => {
    const folder = new PictureFolder(join(work, "png"));
    expect(files.map((file) => folder.nameFor(file))).toEqual(names);
  });

  it("is for its owner alone, and so are its files, also where the folder was open to others", () => {
    mkdirSync(join(work, "png"), { mode: 0o755 });
    const path = new PictureFolder(join(work, "png")).write("scan", 12, Uint8Array.of(1, 2, 3));
    expect(path).toBe(join(work, "png/scan-frame-012.png"));
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    expect([work, join(work, "png"), path].map((at) => statSync(at).mode & 0o777)).toEqual([
      0o700, 0o700, 0o600,
    ]);
  });

  it("may hold pictures of an earlier call, and nothing else", () => {
    const folder = join(work, "png");
    new PictureFolder(folder).write("scan", 1234, Uint8Array.of(1));
    expect(codeOf(() => new PictureFolder(folder))).toBeUndefined();
    writeFileSync(join(folder, "letter.txt"), "mine");
    expect(codeOf(() => new PictureFolder(folder))).toBe("OUTPUT_EXISTS");
  });

  it.each([
    ["of a finished release", "out/release.json", "out/patient/png"],
    ["of a release at work", "out.crosswalk/journal.jsonl", "out/png"],
  ])("is refused inside the folder %s", (_, mark, inside) => {
    mkdirSync(join(work, mark, ".."), { recursive: true });
    writeFileSync(join(work, mark), "");
    expect(codeOf(() => new PictureFolder(join(work, inside)))).toBe("USAGE");
    expect(existsSync(join(work, inside))).toBe(false);
    expect(codeOf(() => new PictureFolder(join(work, "beside")))).toBeUndefined();
  });
});
