import { describe, expect, it } from "vitest";
import type { PatientRecord } from "../../deid/index.js";
import { type InputFile, rawPath } from "./list.js";
import { applyTasks, BATCH, BATCH_BYTES } from "./second-pass.js";
import type { Task } from "./tasks.js";

/** Of a patient's record, only the key matters here. */
const patient = (key: string) => ({ key }) as PatientRecord;
let ids = 0;
const study = (key: string, sizes: readonly number[]) => ({
  patient: patient(key),
  files: sizes.map((size): InputFile => ({ id: ids++, path: rawPath("/x"), size, mtimeMs: 0 })),
});
const shapeOf = (tasks: readonly Task[]) =>
  tasks.map((task) =>
    task.kind === "apply"
      ? task.slices.map(({ patient, files }) => `${patient.key}${files.length}`).join(" ")
      : "",
  );
const all = (studies: ReturnType<typeof study>[]) =>
  new Set(studies.flatMap(({ files }) => files.map(({ id }) => id)));

describe("the tasks of the second pass", () => {
  it("cut large studies and put small ones together", () => {
    const studies = [study("A", Array(70).fill(1)), study("B", [1, 1]), study("C", Array(30).fill(1))];
    const tasks = [...applyTasks(studies, all(studies), BATCH)];
    expect(shapeOf(tasks)).toEqual(["A32", "A32", "A6 B2 C24", "C6"]);
  });

  it("stay below a number of bytes, but for an instance that is larger by itself", () => {
    const half = BATCH_BYTES / 2;
    const studies = [study("A", [half, half, half, 10 * BATCH_BYTES, 1, 1])];
    expect(shapeOf([...applyTasks(studies, all(studies), BATCH)])).toEqual(["A2", "A1", "A1", "A2"]);
  });

  it("leave out what is done, and whole studies of it", () => {
    const studies = [study("A", [1, 1, 1]), study("B", [1, 1]), study("C", [1])];
    const pending = all(studies);
    for (const { id } of studies[1]!.files) pending.delete(id);
    pending.delete(studies[0]!.files[1]!.id);
    expect(shapeOf([...applyTasks(studies, pending, BATCH)])).toEqual(["A2 C1"]);
    expect([...applyTasks(studies, new Set(), BATCH)]).toEqual([]);
  });
});
