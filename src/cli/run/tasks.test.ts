import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { baselineImage } from "../../../test/support/images.js";
import { emptyPlane } from "../../../test/support/overlays.js";
import { BLIND_READER, finderOf } from "../../../test/support/pixel-tools.js";
import { scratchFolder } from "../../../test/support/scratch.js";
import { ElpisError, isElpisError } from "../../base/index.js";
import { builtinProfile, deriveProjectKeys, mergeSurvey, type PatientRecord } from "../../deid/index.js";
import { buildFile, type PlainDataSet, SopClass, TransferSyntax } from "../../dicom/index.js";
import { type Codec, codecFor, type Frame, type PixelTools } from "../../pixels/index.js";
import { openCodecsFromPackage } from "../../pixels/node.js";
import type { JournalRecord } from "./journal.js";
import { type InputFile, rawPath } from "./list.js";
import { TaskRunner } from "./tasks.js";

interface Uids extends PlainDataSet {
  readonly SOPInstanceUID: string;
}
const withoutPixels = (_: number, uids: Uids): Uint8Array =>
  buildFile({ SOPClassUID: SopClass["MR Image Storage"]!, ...uids, PatientID: "P" });

/** Three MR instances on disk, and a runner that releases into `out`. */
function world(made = withoutPixels, pixelTools?: PixelTools) {
  const folder = scratchFolder();
  const files = [1, 2, 3].map((id): InputFile => {
    const path = join(folder, `${id}`);
    const uid = { StudyInstanceUID: "1.2.3", SeriesInstanceUID: "1.2.3.4", SOPInstanceUID: `1.2.3.4.${id}` };
    writeFileSync(path, made(id, uid));
    return { id, path: rawPath(path), size: statSync(path).size, mtimeMs: statSync(path).mtimeMs };
  });
  const out = join(folder, "out");
  mkdirSync(out);
  const keys = deriveProjectKeys(new Uint8Array(32).fill(3), "p", "r");
  const settings = { profile: builtinProfile("research"), keys, out, digests: true };
  const runner = new TaskRunner(settings, pixelTools);
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

describe("a frame that cannot be encoded while its file is written", () => {
  /** JPEG baseline of two frames, in each of which the stub sees text: all are encoded anew, one by one. */
  const images = (_: number, uids: Uids) => baselineImage([emptyPlane(), emptyPlane()], uids);
  const stub = { finder: finderOf({ left: 40, top: 20, width: 80, height: 16 }), reader: BLIND_READER };

  beforeAll(openCodecsFromPackage);

  it("is what the failure below is about: else all three are released", () => {
    const { apply, released } = world(images, stub);
    expect(heldIds(apply())).toEqual([]);
    expect(released()).toHaveLength(3);
  });

  it("holds that file alone, leaves no part of it, and loses none", () => {
    const { out, apply, released } = world(images, stub);
    const codec = codecFor(TransferSyntax.JPEGLosslessSV1)!;
    const encode = codec.encode!.bind(codec);
    let frames = 0;
    // The second frame of the second file: half of it has been written by then.
    const failing = vi.spyOn(codec as Required<Codec>, "encode").mockImplementation((frame: Frame) => {
      if (++frames === 4) throw new ElpisError("PIXELS_UNSUPPORTED", "a frame that the codec refuses");
      return encode(frame);
    });
    onTestFinished(() => failing.mockRestore());
    const records = apply();
    expect(frames).toBe(6);
    expect(records.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(heldIds(records)).toEqual([2]);
    const held = records.find(({ id }) => id === 2);
    const detail = "PIXELS_UNSUPPORTED: a frame that the codec refuses";
    expect(held).toEqual({ id: 2, held: [{ code: "PIXELS_NOT_EXAMINED", detail }] });
    expect(released()).toHaveLength(2);
    expect(readdirSync(out, { recursive: true }).filter((name) => /part$/.test(String(name)))).toEqual([]);
  });
});
