import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../../../test/support/scratch.js";
import { isElpisError } from "../../base/index.js";
import { builtinProfile, deriveProjectKeys, mergeSurvey, type PatientRecord } from "../../deid/index.js";
import { buildFile, SopClass } from "../../dicom/index.js";
import type { JournalRecord } from "./journal.js";
import { type InputFile, rawPath } from "./list.js";
import { TaskRunner } from "./tasks.js";

/** Three MR instances on disk, and a runner that releases into `out`. */
function world() {
  const folder = scratchFolder();
  const files = [1, 2, 3].map((id): InputFile => {
    const path = join(folder, `${id}`);
    const uid = { StudyInstanceUID: "1.2.3", SeriesInstanceUID: "1.2.3.4", SOPInstanceUID: `1.2.3.4.${id}` };
    writeFileSync(path, buildFile({ SOPClassUID: SopClass["MR Image Storage"]!, ...uid, PatientID: "P" }));
    return { id, path: rawPath(path), size: statSync(path).size, mtimeMs: statSync(path).mtimeMs };
  });
  const out = join(folder, "out");
  mkdirSync(out);
  const keys = deriveProjectKeys(new Uint8Array(32).fill(3), "p", "r");
  const runner = new TaskRunner({ profile: builtinProfile("research"), keys, out, digests: true });
  runner.run({ kind: "survey", files });
  const collected = runner.run({ kind: "collect" });
  if (collected.kind !== "collected") throw new Error("another kind of result");
  const { patient } = mergeSurvey([collected.part], keys).studies[0]!;
  const apply = (record = patient): JournalRecord[] => {
    const result = runner.run({ kind: "apply", slices: [{ patient: record, files }] });
    if (result.kind !== "applied") throw new Error("another kind of result");
    return result.records.map((text) => JSON.parse(text));
  };
  const released = () =>
    readdirSync(out, { recursive: true }).filter((name) => String(name).endsWith(".dcm"));
  return { folder, files, out, patient, apply, released };
}

const heldIds = (records: readonly JournalRecord[]) =>
  records.flatMap((record) => ("held" in record ? [record.id] : [])).sort();

describe("de-identifying a slice of a study", () => {
  it("gives each file one record", () => {
    const { apply, released } = world();
    expect(apply().map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(released()).toHaveLength(3);
  });

  it.each([1, 2, 3])("holds file %i alone when it has gone", (gone) => {
    const { folder, apply, released } = world();
    rmSync(join(folder, String(gone)));
    const records = apply();
    expect(heldIds(records)).toEqual([gone]);
    expect(records).toHaveLength(3);
    expect(released()).toHaveLength(2);
  });

  it("holds every file on which the software itself breaks, and says so without a value", () => {
    const { patient, apply, released } = world();
    const records = apply({ key: patient.key } as PatientRecord);
    expect(heldIds(records)).toEqual([1, 2, 3]);
    expect(JSON.stringify(records)).toContain("unexpected failure (TypeError)");
    expect(released()).toEqual([]);
  });

  it("names each UID once, however many instances carry it", () => {
    const { apply } = world();
    const uids = apply().flatMap((record) => ("uids" in record ? record.uids.map(([old]) => old) : []));
    expect(uids.sort()).toEqual(["1.2.3", "1.2.3.4", "1.2.3.4.1", "1.2.3.4.2", "1.2.3.4.3"]);
  });

  it("ends the run when the release cannot be written", () => {
    const { out, apply } = world();
    rmSync(out, { recursive: true });
    writeFileSync(out, "a file where a folder was");
    expect(() => apply()).toThrow(
      expect.toSatisfy((error: unknown) => isElpisError(error, "OUTPUT_UNWRITABLE")),
    );
  });
});
