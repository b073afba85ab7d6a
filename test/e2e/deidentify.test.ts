import { createHash, createHmac } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isElpisError } from "../../src/base/index.js";
import type { DeidentifyOptions } from "../../src/cli/deidentify.js";
import { deriveProjectKeys } from "../../src/deid/index.js";
import { buildFile, SopClass } from "../../src/dicom/index.js";
import { parseManifest } from "../../src/ledger/index.js";
import { itWithCorpus } from "../support/corpus.js";
import { scratchFolder } from "../support/scratch.js";
import { digestTree, IDENTIFYING, type InputShape, readTree, writeHoldProfile, writeInput } from "./input.js";
import { optionsIn, run, siteKey } from "./run.js";

const SMALL: InputShape = { patients: 3, studies: 2, instances: 7, pixels: 2048 };

function inputFolder(shape = SMALL): string {
  const folder = scratchFolder();
  writeInput(join(folder, "in"), shape);
  return folder;
}

/** What a run has made: release, crosswalk without journal, reasons of what is held. */
function made(folder: string, out = "out") {
  const secret = readTree(join(folder, `${out}.crosswalk`));
  secret.delete("journal.jsonl");
  return {
    release: readTree(join(folder, out)),
    secret,
    held: readFileSync(join(folder, `${out}.held/held.jsonl`), "utf8"),
    kept: readFileSync(join(folder, `${out}.held/kept-text.csv`), "utf8"),
  };
}

const manifestOf = (folder: string, out = "out") =>
  parseManifest(readFileSync(join(folder, out, "release.json"), "utf8"));
const code = (expected: string) =>
  expect.toSatisfy((error: unknown) => isElpisError(error, expected as never), expected);

describe("a release", () => {
  it("holds every instance once, names each digest, and accounts for every file", async () => {
    const folder = inputFolder();
    const { code: exit, stdout } = await run(optionsIn(folder));
    const manifest = manifestOf(folder);
    expect(exit).toBe(3);
    expect(manifest.counts).toEqual({
      instances: 45,
      released: 41,
      duplicates: 1,
      held: 3,
      heldBy: { CONFLICTING_DUPLICATE: 2, UNREADABLE: 1 },
      other: 1,
    });
    const { release } = made(folder);
    expect([...release.keys()].sort()).toEqual(
      ["release.json", ...manifest.instances.map(({ path }) => path)].sort(),
    );
    const { input: inputKey } = deriveProjectKeys(siteKey, "p", "r");
    const originals = new Set(
      [...readTree(join(folder, "in")).values()].map((text) =>
        createHmac("sha256", inputKey).update(text, "latin1").digest("hex"),
      ),
    );
    for (const { path, sha256, size, input } of manifest.instances) {
      const bytes = Buffer.from(release.get(path)!, "latin1");
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
      expect(bytes.length).toBe(size);
      expect(originals.has(input!)).toBe(true);
    }
    expect(new Set(manifest.instances.map(({ input }) => input)).size).toBe(41);
    expect(stdout).toContain("Released    41 instances of 3 patients");
    expect(stdout).toContain("notes.txt");
  });

  it("holds no identifier of anyone, no path of the input and no time", async () => {
    const folder = inputFolder();
    await run(optionsIn(folder));
    for (const [path, text] of made(folder).release) {
      for (const word of [...IDENTIFYING, folder, "copy-of-first", "notes.txt", "study0"]) {
        expect(`${path}\n${text}`.includes(word), `${word} in ${path}`).toBe(false);
      }
    }
    expect(JSON.stringify(manifestOf(folder))).not.toMatch(/20[0-9]{2}-[01][0-9]-/);
  });

  it("never changes its input, not even its times", async () => {
    const folder = inputFolder();
    const before = readTree(join(folder, "in"));
    const times = [...before.keys()].map((path) => lstatSync(join(folder, "in", path)).mtimeMs);
    await run(optionsIn(folder));
    expect(readTree(join(folder, "in"))).toEqual(before);
    expect([...before.keys()].map((path) => lstatSync(join(folder, "in", path)).mtimeMs)).toEqual(times);
  });

  it("is the same for any number of jobs and any order of files", async () => {
    const folder = inputFolder({ ...SMALL, patients: 5, instances: 13 });
    await run(optionsIn(folder));
    const paths = (out: string) => ({
      out: join(folder, out),
      crosswalk: join(folder, `${out}.crosswalk`),
      held: join(folder, `${out}.held`),
    });
    await run(optionsIn(folder, { ...paths("three"), jobs: 3 }));
    expect(made(folder, "three")).toEqual(made(folder));

    mkdirSync(join(folder, "shuffled"));
    const files = [...readTree(join(folder, "in")).keys()].reverse();
    for (const [i, path] of files.entries()) {
      copyFileSync(join(folder, "in", path), join(folder, "shuffled", `${(i * 37) % 1009}`));
    }
    await run(optionsIn(folder, { ...paths("other"), inputs: [join(folder, "shuffled")], jobs: 2 }));
    const { release, secret } = made(folder, "other");
    expect({ release, secret }).toEqual({ release: made(folder).release, secret: made(folder).secret });
  });

  it("keeps crosswalk and held list for their owner alone", async () => {
    const folder = inputFolder();
    mkdirSync(join(folder, "out.crosswalk"), { mode: 0o755 });
    await run(optionsIn(folder));
    const mode = (path: string) => statSync(join(folder, path)).mode & 0o777;
    expect([mode("out.crosswalk"), mode("out.held")]).toEqual([0o700, 0o700]);
    for (const path of ["patients.csv", "uids.csv", "journal.jsonl"]) {
      expect(mode(`out.crosswalk/${path}`)).toBe(0o600);
    }
    for (const path of ["held.jsonl", "kept-text.csv"]) expect(mode(`out.held/${path}`)).toBe(0o600);
  });

  it("maps every ID and UID of the crosswalk to what was released", async () => {
    const folder = inputFolder();
    await run(optionsIn(folder));
    const rows = (file: string) =>
      readFileSync(join(folder, "out.crosswalk", file), "utf8")
        .trimEnd()
        .split("\n");
    const [header, ...patients] = rows("patients.csv");
    expect(header).toBe("id_old,id_new,issuer_old,study_old,person_old");
    expect(patients.map((row) => row.split(",")[0])).toEqual(["MRN-70000", "MRN-70001", "MRN-70002"]);
    const released = new Set(manifestOf(folder).instances.map(({ path }) => path.split("/")[0]));
    expect(new Set(patients.map((row) => row.split(",")[1]))).toEqual(released);
    // For each of 6 studies: study, series, frame of reference, and the released of 7 instances.
    expect(rows("uids.csv")).toHaveLength(1 + 6 * 3 + 41);
  });

  it("lists what is held with its path, and reasons that hold no value", async () => {
    const folder = inputFolder();
    await run(optionsIn(folder));
    const held = made(folder)
      .held.trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(held.map(({ path }) => path)).toEqual(
      ["in/Testperson-0/study0/IM0001", "in/copies/unlike-second", "in/damaged"].map((path) =>
        join(folder, path),
      ),
    );
    for (const { reasons } of held) {
      for (const word of IDENTIFYING) expect(JSON.stringify(reasons)).not.toContain(word);
    }
  });

  it("leaves digests out when told, and is the same otherwise", async () => {
    const folder = inputFolder();
    await run(optionsIn(folder, { digests: false }));
    expect(
      manifestOf(folder).instances.every((instance) => !("sha256" in instance || "input" in instance)),
    ).toBe(true);
    expect(manifestOf(folder).counts.released).toBe(41);
  });
});

describe("what a run prints", () => {
  it("is one JSON document with --json, and nothing else", async () => {
    const folder = inputFolder();
    const { stdout, stderr } = await run(optionsIn(folder, { json: true, jobs: 2 }), true);
    expect(stderr).toBe("");
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({ exitCode: 3, patients: 3, counts: { released: 41, held: 3, other: 1 } });
    expect(summary.other).toEqual([{ path: join(folder, "in/notes.txt"), why: "not DICOM" }]);
  });

  it("says how many files may be released, and of a finished run that nothing is left", async () => {
    const folder = inputFolder();
    expect((await run(optionsIn(folder))).stderr).toContain("\n41 of 46 files may be released\n");
    const again = await run(optionsIn(folder, { resume: true }));
    expect(again.stderr).toContain("De-identifying: nothing left to do\n");
  });

  it("is a bar on a terminal, cleared when the run fails", async () => {
    const folder = inputFolder();
    const { stderr } = await run(optionsIn(folder), true);
    expect(stderr).toContain("De-identifying ▕");
    expect(stderr).toMatch(/De-identifying: 41 files.*\n$/);
  });
});

describe("a run refuses", () => {
  const cases: [string, string, (folder: string) => Partial<DeidentifyOptions>][] = [
    ["no input", "USAGE", () => ({ inputs: [] })],
    ["an input that is missing", "INPUT_UNREADABLE", (folder) => ({ inputs: [join(folder, "missing")] })],
    ["an output inside the input", "USAGE", (folder) => ({ out: join(folder, "in/out") })],
    ["an input inside the output", "USAGE", (folder) => ({ out: folder })],
    ["an output that is the input", "USAGE", (folder) => ({ out: join(folder, "in") })],
    ["a crosswalk inside the output", "USAGE", (folder) => ({ crosswalk: join(folder, "out/x") })],
    ["a held list inside the output", "USAGE", (folder) => ({ held: join(folder, "out") })],
    [
      "a crosswalk inside the output by way of a link",
      "USAGE",
      (folder) => ({ out: join(folder, "link/out"), crosswalk: join(folder, "real/out/x") }),
    ],
    ["a crosswalk inside the input", "USAGE", (folder) => ({ crosswalk: join(folder, "in/x") })],
    [
      "an output inside the crosswalk",
      "USAGE",
      (folder) => ({ crosswalk: folder, inputs: [join(folder, "in")] }),
    ],
    ["a profile that is not there", "NOT_FOUND", () => ({ profile: "no-such-profile" })],
    ["a key that is too short", "SITE_KEY_INVALID", () => ({ siteKey: new Uint8Array(16) })],
  ];
  it.each(cases)("%s", async (_, expected, more) => {
    const folder = inputFolder({ ...SMALL, patients: 1 });
    mkdirSync(join(folder, "real"));
    symlinkSync(join(folder, "real"), join(folder, "link"));
    const before = readdirSync(folder);
    await expect(run(optionsIn(folder, more(folder)))).rejects.toEqual(code(expected));
    expect(readdirSync(folder)).toEqual(before);
  });

  it("an output that is not empty, a crosswalk of another run, a file for a folder", async () => {
    const folder = inputFolder({ ...SMALL, patients: 1 });
    await run(optionsIn(folder));
    const before = made(folder);
    await expect(run(optionsIn(folder))).rejects.toEqual(code("OUTPUT_EXISTS"));
    await expect(run(optionsIn(folder, { out: join(folder, "out2") }))).rejects.toEqual(
      code("OUTPUT_EXISTS"),
    );
    writeFileSync(join(folder, "file"), "");
    await expect(run(optionsIn(folder, { out: join(folder, "file") }))).rejects.toEqual(
      code("OUTPUT_EXISTS"),
    );
    expect(made(folder)).toEqual(before);
  });

  it("pseudonyms too short to tell patients apart, before anything is written", async () => {
    const folder = inputFolder({ patients: 40, studies: 1, instances: 1, pixels: 64 });
    writeFileSync(join(folder, "short.yaml"), 'name: short\nextends: research\npatient-id: "P-{1}"\n');
    const short = optionsIn(folder, { profile: join(folder, "short.yaml") });
    await expect(run(short)).rejects.toSatisfy(
      (error) => isElpisError(error, "UID_COLLISION") || isElpisError(error, "PROFILE_INVALID"),
    );
    expect(existsSync(join(folder, "out")) ? readdirSync(join(folder, "out")) : []).toEqual([]);
  });
});

describe("a resumed run", () => {
  /** A finished run of which some outputs and the last lines of the journal are gone. */
  async function broken() {
    const folder = inputFolder();
    await run(optionsIn(folder));
    const whole = made(folder);
    const instances = manifestOf(folder).instances;
    rmSync(join(folder, "out/release.json"));
    rmSync(join(folder, "out", instances[0]!.path));
    truncateSync(join(folder, "out", instances[1]!.path), 10);
    const flipped = join(folder, "out", instances[2]!.path);
    const bytes = readFileSync(flipped);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(flipped, bytes);
    writeFileSync(
      join(folder, "out", `${instances[3]!.path}/../.x.dcm.part`.replace(/[^/]+\/\.\.\//, "")),
      "half",
    );
    const journal = join(folder, "out.crosswalk/journal.jsonl");
    truncateSync(journal, statSync(journal).size - 300);
    return { folder, whole };
  }

  it("does again what is missing or damaged, sweeps what was half written, and gives the same bytes", async () => {
    const { folder, whole } = await broken();
    expect((await run(optionsIn(folder, { resume: true, jobs: 2 }))).code).toBe(3);
    expect(made(folder)).toEqual(whole);
  });

  it("does nothing again when the run was complete", async () => {
    const folder = inputFolder();
    await run(optionsIn(folder));
    const whole = made(folder);
    const path = join(folder, "out", manifestOf(folder).instances[0]!.path);
    const { mtimeMs } = statSync(path);
    await run(optionsIn(folder, { resume: true }));
    expect(made(folder)).toEqual(whole);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
  });

  it.each([
    ["does not exist", () => {}],
    ["is empty", (folder: string) => mkdirSync(join(folder, "out"))],
  ])("is refused where the output folder %s: a mistyped one begins no run", async (_, prepare) => {
    const folder = inputFolder({ ...SMALL, patients: 1 });
    prepare(folder);
    const before = readdirSync(folder);
    const resumed = run(optionsIn(folder, { resume: true }));
    await expect(resumed).rejects.toEqual(code("USAGE"));
    await expect(resumed).rejects.toThrow("there is no run to resume");
    expect(readdirSync(folder)).toEqual(before);
  });

  const changes: [string, (folder: string) => Partial<DeidentifyOptions>][] = [
    ["another site key", () => ({ siteKey: new Uint8Array(32).fill(1) })],
    ["another project", () => ({ project: "q" })],
    ["another recipient", () => ({ recipient: "q" })],
    ["another profile", () => ({ profile: "basic" })],
    ["other digests", () => ({ digests: false })],
    ["another crosswalk folder", (folder) => ({ crosswalk: join(folder, "elsewhere") })],
    [
      "a file more",
      (folder) => {
        writeFileSync(join(folder, "in/new"), "x");
        return {};
      },
    ],
    [
      "a file less",
      (folder) => {
        rmSync(join(folder, "in/notes.txt"));
        return {};
      },
    ],
    [
      "a file written to",
      (folder) => {
        appendFileSync(join(folder, "in/notes.txt"), "x");
        return {};
      },
    ],
    [
      "a file of another time",
      (folder) => {
        utimesSync(join(folder, "in/damaged"), 1, 1);
        return {};
      },
    ],
    [
      "a file of another name",
      (folder) => {
        copyFileSync(join(folder, "in/notes.txt"), join(folder, "in/notes2.txt"));
        rmSync(join(folder, "in/notes.txt"));
        return {};
      },
    ],
  ];
  it.each(changes)("refuses %s", async (_, change) => {
    const { folder } = await broken();
    const before = made(folder);
    const more = change(folder);
    await expect(run(optionsIn(folder, { resume: true, ...more }))).rejects.toEqual(code("RESUME_MISMATCH"));
    const after = made(folder);
    // What was half written may be swept or not.
    for (const { release } of [before, after]) {
      for (const path of release.keys()) if (path.endsWith(".part")) release.delete(path);
    }
    expect(after).toEqual(before);
  });

  it("without digests makes every file again, for nobody can tell whether one was changed", async () => {
    const folder = inputFolder();
    await run(optionsIn(folder, { digests: false }));
    const whole = made(folder);
    const changed = join(folder, "out", manifestOf(folder).instances[0]!.path);
    writeFileSync(changed, readFileSync(changed, "latin1").replace("CHEST", "JONES"), "latin1");
    expect(made(folder)).not.toEqual(whole);
    await run(optionsIn(folder, { digests: false, resume: true }));
    expect(made(folder)).toEqual(whole);
  });

  it("believes no line of the journal that somebody has changed", async () => {
    const folder = inputFolder();
    await run(optionsIn(folder));
    const whole = made(folder);
    const journal = join(folder, "out.crosswalk/journal.jsonl");
    const [header, first, ...rest] = readFileSync(journal, "utf8").split("\n");
    const text = first!.split("\t")[0]!;
    const kept = [{ path: "Testperson", why: "x", text: "x", context: "x" }];
    const forged = { ...JSON.parse(text), kept, patient: ["=cmd|calc", "X", "", "", ""] };
    writeFileSync(journal, [header, first!.replace(text, JSON.stringify(forged)), ...rest].join("\n"));
    await run(optionsIn(folder, { resume: true }));
    expect(made(folder)).toEqual(whole);
  });

  it("refuses to release a folder that holds a file of someone else", async () => {
    const { folder } = await broken();
    writeFileSync(join(folder, "out/notes.txt"), "Testperson");
    await expect(run(optionsIn(folder, { resume: true }))).rejects.toEqual(code("OUTPUT_EXISTS"));
    expect(existsSync(join(folder, "out/release.json"))).toBe(false);
  });
});

/** An instance that is held in the second pass: its bytes hold the patient's name. */
const heldLate = (): Uint8Array =>
  buildFile({
    SOPClassUID: SopClass["MR Image Storage"]!,
    SOPInstanceUID: "1.2.3.4.5",
    StudyInstanceUID: "1.2.3",
    SeriesInstanceUID: "1.2.3.4",
    PatientID: "MRN-7",
    PatientName: "Testperson^Anna",
    "(0028,2000) OB": new TextEncoder().encode("Testperson^Anna."),
  });

describe("what is held", () => {
  it.each([1, 2])("is held with every copy of it, for the same reasons, in %i jobs", async (jobs) => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "in"));
    for (const name of ["a", "b", "c"]) writeFileSync(join(folder, "in", name), heldLate());
    expect((await run(optionsIn(folder, { jobs }))).code).toBe(3);
    expect(manifestOf(folder).counts).toMatchObject({ instances: 3, released: 0, duplicates: 0, held: 3 });
    const held = made(folder).held.trimEnd().split("\n");
    expect(new Set(held.map((line) => JSON.stringify(JSON.parse(line).reasons))).size).toBe(1);
    expect(held.map((line) => JSON.parse(line).path)).toEqual(
      ["a", "b", "c"].map((name) => join(folder, "in", name)),
    );
    await run(optionsIn(folder, { resume: true }));
    expect(manifestOf(folder).counts).toMatchObject({ instances: 3, duplicates: 0, held: 3 });
  });

  const part10 = heldLate();
  const claims: [string, string, Uint8Array][] = [
    [
      "a data set that begins with group 0009",
      "x.DCM",
      Buffer.concat([Buffer.from([9, 0, 16, 0, 76, 79, 2, 0, 88, 32]), part10.subarray(132)]),
    ],
    ["a preamble of 64 bytes", "x", part10.subarray(64)],
    ["nothing at all", "x.dcm", new Uint8Array()],
  ];
  it.each(claims)(
    "is a file that looks like DICOM and cannot be read, such as %s",
    async (_, name, bytes) => {
      const folder = scratchFolder();
      mkdirSync(join(folder, "in"));
      writeFileSync(join(folder, "in", name), bytes);
      writeFileSync(join(folder, "in/letter"), `${" ".repeat(1024)}DICM`);
      expect((await run(optionsIn(folder))).code).toBe(3);
      expect(manifestOf(folder).counts).toMatchObject({ held: 1, heldBy: { UNREADABLE: 1 }, other: 1 });
      expect(made(folder).held).toContain("looks like DICOM");
    },
  );
});

describe("a run goes on", () => {
  it("past a file that it may not read, and holds it", async () => {
    const folder = inputFolder({ ...SMALL, patients: 1 });
    const nobody = process.geteuid?.() === 0 ? 65_534 : undefined;
    chmodSync(join(folder, "in/Testperson-0/study1/IM0003"), 0);
    if (nobody) chmodSync(folder, 0o777);
    if (nobody) process.seteuid?.(nobody);
    try {
      expect((await run(optionsIn(folder))).code).toBe(3);
    } finally {
      if (nobody) process.seteuid?.(0);
    }
    expect(made(folder).held).toContain("INPUT_UNREADABLE: the file cannot be read (EACCES)");
    expect(manifestOf(folder).counts).toMatchObject({ released: 12, held: 4 });
  });
});

describe("the public corpus", () => {
  itWithCorpus("is accounted for to the last file, the same with one job and two", async (files) => {
    const folder = scratchFolder();
    const inputs = [join(files[0]!.absolute.slice(0, -files[0]!.path.length), "dicom")];
    // Every frame of so many files takes its time: bench/pixels looks at them.
    const profile = writeHoldProfile(folder);
    await run(optionsIn(folder, { inputs, profile }));
    const two = {
      out: join(folder, "two"),
      crosswalk: join(folder, "two.crosswalk"),
      held: join(folder, "two.held"),
    };
    const { stdout } = await run(optionsIn(folder, { inputs, profile, jobs: 2, json: true, ...two }));
    const [one, other] = [made(folder), made(folder, "two")];
    expect(digestTree(other.release)).toEqual(digestTree(one.release));
    expect([other.secret, other.held]).toEqual([one.secret, one.held]);
    const { counts } = JSON.parse(stdout);
    const all = readdirSync(inputs[0]!, { recursive: true, withFileTypes: true });
    expect(counts.released + counts.duplicates + counts.held + counts.other).toBe(
      all.filter((entry) => !entry.isDirectory()).length,
    );
    expect(counts.released).toBeGreaterThan(50);
    expect(counts.heldBy.UNJUDGED_ELEMENT ?? 0).toBeLessThan(counts.released);
    expect(made(folder).held).not.toContain("unexpected failure");
  });
});
