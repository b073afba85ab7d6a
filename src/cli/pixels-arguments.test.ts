import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nativeFile } from "../../test/support/pixel-files.js";
import { document, filesToExamine, grey } from "../../test/support/pixels-command.js";

const { work, at, elpis, remove } = filesToExamine();
afterAll(remove);

describe("elpis pixels with a profile", { timeout: 60_000 }, () => {
  const profile = (name: string, lines: readonly string[]): string => {
    const path = join(work, `${name}.yaml`);
    writeFileSync(path, [`name: ${name}`, "extends: research", ...lines, ""].join("\n"));
    return path;
  };

  it("blanks what the site's device rules name", async () => {
    const rules = profile("rules", [
      "devices:",
      '  - {manufacturer: "*", model: Phantom*, rows: 64, columns: 96, blank: [[50, 40, 30, 20]], reason: a test}',
    ]);
    const about = { Manufacturer: "Nobody", ManufacturerModelName: "Phantom 1" };
    writeFileSync(at("ruled.dcm"), nativeFile(grey(64, 96), 1, new Uint8Array(64 * 96), about));
    const { stdout, status } = await elpis(at("ruled.dcm"), "--profile", rules, "--json");
    expect(status).toBe(0);
    const [report] = document.parse(JSON.parse(stdout)).files;
    expect(report!.findings).toEqual([
      { kind: "device rule", left: 50, top: 40, width: 30, height: 20, frames: [[1, 1]], score: null },
    ]);
    expect(report!.blankedShare).toBe(0.098);
  });

  it("examines also where the profile would not have it, and says so", async () => {
    const { stdout, status } = await elpis(
      at("page.dcm"),
      "--profile",
      profile("vetted", ["pixels: vetted"]),
    );
    expect(status).toBe(3);
    expect(stdout).toMatch(/^The profile vetted says "pixels: vetted"; examined all the same\.\n/);
  });
});

describe("the arguments of elpis pixels", { timeout: 60_000 }, () => {
  const shared = () => {
    mkdirSync(join(work, "shared/inner"), { recursive: true });
    writeFileSync(join(work, "shared/release.json"), "{}");
    return join(work, "shared/inner");
  };
  const foreign = () => {
    mkdirSync(join(work, "foreign"), { recursive: true });
    writeFileSync(join(work, "foreign/letter.txt"), "mine");
    return join(work, "foreign");
  };

  it.each([
    ["no file", () => [], "too few arguments"],
    ["a file that is not there", () => [join(work, "none.dcm")], "does not exist"],
    ["a folder", () => [work], "is a folder"],
    ["--all-frames alone", () => [at("CT01"), "--all-frames"], "--png is missing"],
    ["a profile that is none", () => [at("CT01"), "--profile", "reserch"], "did you mean research"],
    [
      "pictures in a release",
      () => [at("CT01"), "--png", join(shared(), "pictures")],
      "lies inside the release",
    ],
    ["pictures among other files", () => [at("CT01"), "--png", foreign()], "holds other files"],
    ["pictures in place of a file", () => [at("CT01"), "--png", at("CT01")], "is a file"],
  ])("are refused: %s", async (_, args, message) => {
    const ran = await elpis(...args());
    expect(ran).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining(message) });
    expect(existsSync(join(work, "shared/inner/pictures"))).toBe(false);
    expect(existsSync(join(work, "foreign/CT01-frame-001.png"))).toBe(false);
  });

  it("draw every frame when asked, again in the same folder, and two files of one name apart", async () => {
    mkdirSync(join(work, "twin"));
    const still = nativeFile(grey(32, 32), 2, new Uint8Array(2 * 32 * 32));
    writeFileSync(at("still.dcm"), still);
    writeFileSync(join(work, "twin/Still.dcm"), still);
    const args = [at("still.dcm"), join(work, "twin/Still.dcm"), "--png", join(work, "all"), "--json"];
    const first = await elpis(...args);
    const names = (stdout: string) =>
      document
        .parse(JSON.parse(stdout))
        .files.flatMap(({ pictures }) => pictures.map((path) => basename(path)));
    expect(names(first.stdout)).toEqual(["still-frame-001.png", "Still-2-frame-001.png"]);
    const second = await elpis(...args, "--all-frames");
    expect(names(second.stdout)).toEqual([
      "still-frame-001.png",
      "still-frame-002.png",
      "Still-2-frame-001.png",
      "Still-2-frame-002.png",
    ]);
    expect(readFileSync(join(work, "all/still-frame-001.png")).subarray(1, 4).toString()).toBe("PNG");
  });
});
