import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isElpisError } from "../../src/base/index.js";
import type { DeidentifyOptions } from "../../src/cli/deidentify.js";
import { scratchFolder } from "../support/scratch.js";
import { type InputShape, readTree, writeInput } from "./input.js";
import { optionsIn, run } from "./run.js";

const SMALL: InputShape = { patients: 1, studies: 1, instances: 3, pixels: 64 };
const code = (expected: string) =>
  expect.toSatisfy((error: unknown) => isElpisError(error, expected as never), expected);

function inputFolder(): string {
  const folder = scratchFolder();
  writeInput(join(folder, "in"), SMALL);
  return folder;
}

/** Options of a second run whose folders are named within `folder`; what is not named lies beside `out`. */
function second(folder: string, out: string, more: Partial<DeidentifyOptions> = {}): DeidentifyOptions {
  const at = join(folder, out);
  return optionsIn(folder, { out: at, crosswalk: `${at}.crosswalk`, held: `${at}.held`, ...more });
}

describe("the folder of an earlier release", () => {
  const cases: [string, (folder: string) => DeidentifyOptions][] = [
    ["an output, and so its crosswalk", (folder) => second(folder, "out/sub")],
    ["an output some levels down", (folder) => second(folder, "out/a/b/sub")],
    ["a crosswalk", (folder) => second(folder, "two", { crosswalk: join(folder, "out/x") })],
    ["a held list", (folder) => second(folder, "two", { held: join(folder, "out/x") })],
    ["a crosswalk in its place", (folder) => second(folder, "two", { crosswalk: join(folder, "out") })],
    ["an output by way of a link", (folder) => second(folder, "link/sub")],
  ];

  it.each(cases)("takes in no %s", async (_, options) => {
    const folder = inputFolder();
    await run(optionsIn(folder));
    symlinkSync(join(folder, "out"), join(folder, "link"));
    const before = [readTree(join(folder, "out")), readdirSync(folder)];
    const refusal = run(options(folder));
    await expect(refusal).rejects.toEqual(code("USAGE"));
    await expect(refusal).rejects.toThrow(`lies inside the release ${join(folder, "out")}`);
    expect([readTree(join(folder, "out")), readdirSync(folder)]).toEqual(before);
  });

  it("takes in none while its run is not complete either", async () => {
    const folder = inputFolder();
    await run(optionsIn(folder));
    rmSync(join(folder, "out/release.json"));
    await expect(run(second(folder, "out/sub"))).rejects.toEqual(code("USAGE"));
  });

  it("would take in a crosswalk, were it not known for a release", async () => {
    const folder = inputFolder();
    await run(optionsIn(folder));
    rmSync(join(folder, "out/release.json"));
    renameSync(join(folder, "out.crosswalk"), join(folder, "moved"));
    expect((await run(second(folder, "out/sub"))).code).toBe(3);
    expect(existsSync(join(folder, "out/sub.crosswalk/patients.csv"))).toBe(true);
  });
});

describe("links in the input", () => {
  it("that lead out of it are not followed, counted, and the exit status says so", async () => {
    const folder = scratchFolder();
    writeInput(join(folder, "store"), SMALL);
    mkdirSync(join(folder, "in"));
    renameSync(join(folder, "store/Testperson-0/study0/IM0000"), join(folder, "in/IM0000"));
    symlinkSync("IM0000", join(folder, "in/again"));
    expect((await run(optionsIn(folder))).code).toBe(0);
    symlinkSync(join(folder, "store"), join(folder, "in/linked"));
    const { code: exit, stdout } = await run(second(folder, "two"));
    expect(exit).toBe(3);
    expect(stdout).toContain("Links       1 symbolic link not followed: name what they lead to as an input");
    expect(stdout).toContain(
      `${join(folder, "in/linked")}  (a symbolic link out of the input, not followed)`,
    );
    const { stdout: json } = await run(second(folder, "three", { json: true }));
    expect(JSON.parse(json)).toMatchObject({ exitCode: 3, counts: { links: 1, released: 1, other: 2 } });
  });
});

describe("an input without DICOM", () => {
  const inputs: [string, string, (folder: string) => void][] = [
    ["an empty folder", "name the folder that holds the images", () => {}],
    ["letters alone", "among the 1 file of", (folder) => writeFileSync(join(folder, "in/letter"), "Dear")],
    ["links alone", "1 symbolic link not followed", (folder) => symlinkSync(folder, join(folder, "in/link"))],
  ];
  it.each(inputs)("such as %s is a failure, and nothing is written", async (_, words, fill) => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "in"));
    fill(folder);
    const before = readdirSync(folder);
    const failed = run(second(folder, "new/out"));
    await expect(failed).rejects.toEqual(code("NOT_FOUND"));
    await expect(failed).rejects.toThrow(words);
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe("two runs at once", () => {
  it("do not write to one folder: the second is refused, the first finishes", async () => {
    const folder = inputFolder();
    await run(second(folder, "alone"));
    const first = run(optionsIn(folder));
    const refusal = run(optionsIn(folder, { resume: true }));
    await expect(refusal).rejects.toEqual(code("OUTPUT_EXISTS"));
    await expect(refusal).rejects.toThrow(`another run is writing there (process ${process.pid}, since `);
    expect((await first).code).toBe(3);
    expect(readTree(join(folder, "out"))).toEqual(readTree(join(folder, "alone")));
    expect(existsSync(join(folder, "out.crosswalk/run.lock"))).toBe(false);
  });

  it("are refused also where each has a crosswalk of its own", async () => {
    const folder = inputFolder();
    await run(second(folder, "alone"));
    const first = run(optionsIn(folder));
    const own = { crosswalk: join(folder, "x"), held: join(folder, "y") };
    const refusal = run(optionsIn(folder, own));
    await expect(refusal).rejects.toThrow(`another run is writing there (process ${process.pid}, since `);
    expect((await first).code).toBe(3);
    expect(readTree(join(folder, "out"))).toEqual(readTree(join(folder, "alone")));
    expect(readdirSync(folder).filter((name) => /^[xy]$|lock$/.test(name))).toEqual([]);
    await expect(run(optionsIn(folder, own))).rejects.toEqual(code("OUTPUT_EXISTS"));
  });
});

describe("the output folder", () => {
  it.skipIf(process.platform === "win32")(
    "may lie where nobody else may write, as a mounted one does",
    async () => {
      const folder = inputFolder();
      mkdirSync(join(folder, "mounts/out"), { recursive: true });
      chmodSync(join(folder, "mounts/out"), 0o777);
      chmodSync(join(folder, "mounts"), 0o555);
      chmodSync(folder, 0o777);
      const options = (own: string) =>
        optionsIn(folder, {
          out: join(folder, "mounts/out"),
          crosswalk: join(folder, own),
          held: join(folder, own),
        });
      const nobody = process.geteuid?.() === 0 ? 65_534 : undefined;
      if (nobody) process.seteuid?.(nobody);
      try {
        const first = run(options("x"));
        await expect(run(options("y"))).rejects.toThrow("another run is writing there");
        expect((await first).code).toBe(3);
      } finally {
        if (nobody) process.seteuid?.(0);
      }
      expect(readdirSync(join(folder, "mounts"))).toEqual(["out"]);
    },
  );

  const comers: [string, (folder: string) => void][] = [
    ["a file", (folder) => writeFileSync(join(folder, "out/1.dcm"), "Testperson")],
    ["a half-written file", (folder) => writeFileSync(join(folder, "out/.1.dcm.part"), "Testperson")],
    ["a link", (folder) => symlinkSync(join(folder, "in"), join(folder, "out/more"))],
    ["a manifest", (folder) => writeFileSync(join(folder, "out/release.json"), "{}")],
  ];
  it.each(comers)("is not released with %s that came while the run was at work", async (_, come) => {
    const folder = inputFolder();
    const running = run(optionsIn(folder));
    come(folder);
    const before = readFileSync(join(folder, "in/notes.txt"));
    await expect(running).rejects.toEqual(code("OUTPUT_EXISTS"));
    expect(existsSync(join(folder, "out.crosswalk/patients.csv"))).toBe(false);
    expect(readFileSync(join(folder, "in/notes.txt"))).toEqual(before);
  });

  it.each([
    ["patient", (path: string) => path.split("/")[0]!],
    ["instance", (path: string) => path],
  ])("is not written to by way of a link in place of a %s", async (_, placeOf) => {
    const folder = inputFolder();
    await run(optionsIn(folder));
    const released = [...readTree(join(folder, "out")).keys()].find((path) => path.endsWith(".dcm"))!;
    const place = join(folder, "out", placeOf(released));
    renameSync(place, join(folder, "elsewhere"));
    symlinkSync(join(folder, "elsewhere"), place);
    for (const path of readTree(folder).keys()) {
      if (path.startsWith("elsewhere/")) rmSync(join(folder, path));
    }
    const before = readTree(folder);
    const refusal = run(optionsIn(folder, { resume: true }));
    await expect(refusal).rejects.toEqual(code("OUTPUT_EXISTS"));
    await expect(refusal).rejects.toThrow("is a link");
    expect(readTree(folder)).toEqual(before);
  });
});

describe("an existing folder for crosswalk or held list", () => {
  it.each(["crosswalk", "held"])(
    "that holds other files is refused as %s, and keeps its mode",
    async (which) => {
      const folder = inputFolder();
      const shared = join(folder, "shared");
      mkdirSync(shared);
      chmodSync(shared, 0o777);
      writeFileSync(join(shared, "letter"), "Dear");
      const before = readdirSync(folder);
      const refusal = run(optionsIn(folder, { [which]: shared }));
      await expect(refusal).rejects.toEqual(code("OUTPUT_EXISTS"));
      await expect(refusal).rejects.toThrow("name a new or empty folder");
      expect(statSync(shared).mode & 0o777).toBe(0o777);
      expect([readdirSync(folder), readdirSync(shared)]).toEqual([before, ["letter"]]);
    },
  );

  it("is taken where it is of this run, though its keeper has put a note there, or one lies in the other", async () => {
    const folder = inputFolder();
    const nested = optionsIn(folder, { crosswalk: join(folder, "x"), held: join(folder, "x/held") });
    mkdirSync(join(folder, "x/held"), { recursive: true });
    await run(nested);
    for (const name of ["x/note", "x/held/note"]) writeFileSync(join(folder, name), "");
    expect((await run({ ...nested, resume: true })).code).toBe(3);
  });
});
