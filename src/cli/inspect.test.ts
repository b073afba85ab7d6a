import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realTools } from "../../test/support/pixel-tools.js";
import type { ExplainedElement, Profile } from "../deid/index.js";
import { inspect } from "./inspect.js";
import { displayWidth } from "./output.js";
import { loadProfile } from "./run/profile.js";
import { sampleStudies } from "./samples/index.js";

const samples = [...sampleStudies(7)];
let work: string;
let research: Profile;
beforeAll(() => {
  research = loadProfile("research");
  work = mkdtempSync(join(tmpdir(), "elpis-inspect-"));
  for (const { path, bytes } of samples) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), bytes);
  }
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** What `inspect` prints for a sample. */
async function inspected(
  path: string,
  options: { values?: boolean; json?: boolean; columns?: number } = {},
  profile = research,
): Promise<string> {
  const { values = false, json = false, columns = 0 } = options;
  let text = "";
  const sink = { write: (piece: string) => (text += piece), isTTY: columns > 0, columns };
  const io = { stdout: sink, stderr: sink, env: {} };
  const asked = { file: join(work, path), profile, values, json };
  expect(await inspect(asked, io, realTools)).toBe(0);
  return text;
}

const dicom = samples.filter(({ path }) => path !== "odd/notes.txt");

describe("inspect", () => {
  it.each(dicom.map((sample) => [sample.path, sample] as const))(
    "shows no identifier of %s",
    async (path, { identifiers }) => {
      for (const json of [false, true]) {
        const text = await inspected(path, { json });
        expect(identifiers.filter((identifier) => text.includes(identifier))).toEqual([]);
      }
    },
  );

  it("shows values when asked", async () => {
    expect(await inspected("HEADCT/CT01", { values: true })).toContain("Musterfrau^Jördis^Anna");
    expect(await inspected("brain-mr/mr-01.dcm", { values: true, json: true })).toContain("山田^太郎");
  });

  it("has a line for every element, nested ones indented, with action and clause", async () => {
    const lines = (await inspected("HEADCT/CT01")).split("\n");
    expect(lines.find((line) => line.startsWith("(0010,0010)"))).toMatch(
      /PN PatientName +pseudonym +Aaaaaaaaaa\^Aaaaaa\^Aaaa → Aaaaaaa\^\S+ +PS3\.15/,
    );
    expect(lines.find((line) => line.includes("KVP"))).toMatch(/^\(0018,0060\) DS KVP +kept +999/);
    const report = await inspected("HEADCT/report.dcm");
    expect(report).toMatch(/^ {2}\(0040,A123\) PN PersonName +\S+ +Aaaaaaaa\^Aaaaaaa/m);
    expect(lines.at(-3)).toMatch(/^\d+ elements: .*kept \d+/);
  });

  it("tells class, transfer syntax and profile, and standard UIDs in clear", async () => {
    const text = await inspected("brain-mr/mr-01.dcm");
    expect(text).toMatch(/MR Image Storage · Implicit VR Little Endian · profile research \([0-9a-f]{12}\)/);
    expect(text).toContain("1.2.840.10008.5.1.4.1.1.4");
  });

  it.each([
    ["ultrasound/letter.dcm", "CLASS_HELD"],
    ["odd/polyglot.dcm", "POLYGLOT"],
    ["odd/truncated.dcm", "UNREADABLE"],
    ["DICOMDIR", "DICOMDIR"],
  ])("says on top that %s would be held: %s", async (path, code) => {
    const lines = (await inspected(path)).split("\n");
    expect(lines.slice(2, 5).some((line) => line.startsWith(`would be held: ${code} `))).toBe(true);
    const { held } = JSON.parse(await inspected(path, { json: true }));
    expect(held.map((reason: { code: string }) => reason.code)).toContain(code);
  });

  it("tells in how many frames text would be blanked, and what would be held instead", async () => {
    const text = await inspected("ultrasound/us-01.dcm");
    expect(text).toMatch(/^pixels: 1 frame examined, text would be blanked in 1$/m);
    expect(text).not.toContain("would be held");
    expect(JSON.parse(await inspected("ultrasound/us-01.dcm", { json: true }))).toMatchObject({
      held: [],
      pixels: { frames: 1, blankedFrames: 1 },
    });
    const holding = await inspected("ultrasound/us-01.dcm", {}, { ...research, pixels: "hold" });
    expect(holding).toMatch(/^would be held: PIXELS_NOT_EXAMINED /m);
  });

  it("writes nothing", async () => {
    const before = readFileSync(join(work, "HEADCT/CT01"));
    await inspected("HEADCT/CT01");
    expect(readFileSync(join(work, "HEADCT/CT01")).equals(before)).toBe(true);
  });

  it("colours on a terminal alone", async () => {
    expect(await inspected("HEADCT/CT01")).not.toContain("\u001b");
    expect(await inspected("HEADCT/CT01", { columns: 80 })).toContain("\u001b[32mkept");
  });

  it.each([80, 120])("keeps every element within a terminal of %d columns", async (columns) => {
    for (const path of ["HEADCT/CT01", "HEADCT/report.dcm", "brain-mr/mr-01.dcm"]) {
      const plain = (await inspected(path, { columns, values: true })).replace(/\p{Cc}\[\d+m/gu, "");
      const rows = plain.split("\n").filter((line) => /^ *\(/.test(line));
      expect(rows.filter((row) => displayWidth(row) > columns)).toEqual([]);
      expect(rows.some((row) => row.endsWith("  –"))).toBe(true);
    }
  });

  it("clips nothing where stdout is no terminal", async () => {
    const text = await inspected("HEADCT/report.dcm", { values: true });
    expect(text).not.toContain("…");
    expect(text).toContain("not in PS3.15 Table E.1-1\n");
  });

  it("shows what would be written, masked unless values are asked for", async () => {
    const of = async (values: boolean) =>
      JSON.parse(await inspected("HEADCT/CT01", { values, json: true })).elements as ExplainedElement[];
    const [inClear, masked] = [await of(true), await of(false)];
    const written = (elements: readonly ExplainedElement[], keyword: string) =>
      elements.find((one) => one.keyword === keyword)?.after;
    expect(written(inClear, "StudyDescription")).toMatch(/[a-z]/);
    expect(written(masked, "StudyDescription")).toMatch(/^[Aa9x·^=.,:;/+\-_() \\]+(… \(\d+\))?$/);
    expect(written(inClear, "PatientBirthDate")).toBe("");
    expect(written(inClear, "KVP")).toBeUndefined();
    expect(await inspected("HEADCT/CT01")).toMatch(/PatientBirthDate +emptied +99999999 → \(empty\)/);
  });

  it("shows one line for a file that cannot be read, and no elements", async () => {
    const lines = (await inspected("odd/truncated.dcm")).trimEnd().split("\n");
    expect(lines[2]).toMatch(/^would be held: UNREADABLE /);
    expect(lines).toHaveLength(4);
  });

  it("names a file that is not there", async () => {
    await expect(inspected("nope")).rejects.toThrow(/nope does not exist$/);
  });

  it("refuses what is not DICOM", async () => {
    const refused = expect.objectContaining({ code: "INPUT_UNREADABLE" });
    await expect(inspected("odd/notes.txt")).rejects.toEqual(refused);
  });
});
