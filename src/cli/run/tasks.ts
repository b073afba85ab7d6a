import { closeSync, fstatSync } from "node:fs";
import { ElpisError, type ErrorCode, isElpisError } from "../../base/index.js";
import {
  applyStudy,
  createDeidentifier,
  type Deidentifier,
  type HeldReason,
  type InputInstance,
  type PatientRecord,
  type Profile,
  type ProjectKeys,
  type ReleasedInstance,
  Surveyor,
  type SurveyPart,
} from "../../deid/index.js";
import { looksLikeDicom } from "../../dicom/index.js";
import type { PixelTools } from "../../pixels/index.js";
import type { PatientRow } from "./crosswalk.js";
import { type FileSource, InputReader, openForReading } from "./file-source.js";
import type { HeldRecord, ReleasedRecord } from "./journal.js";
import { errorCode, type InputFile, type RawPath } from "./list.js";
import { COPY_BLOCK, hashFile, ReleaseWriter, releasePath } from "./output.js";

/** What every thread of a run is told at its start. Plain data: it crosses threads. */
export interface RunSettings {
  readonly profile: Profile;
  readonly keys: ProjectKeys;
  readonly out: string;
  readonly digests: boolean;
}

/** Some instances of one study. */
export interface Slice {
  readonly patient: PatientRecord;
  readonly files: readonly InputFile[];
}

/** Work for one thread; large enough that a message costs nothing beside it. */
export type Task =
  | { readonly kind: "survey"; readonly files: readonly InputFile[] }
  /** Asks for all that this thread's surveys have found. */
  | { readonly kind: "collect" }
  | { readonly kind: "hash"; readonly files: readonly HashedFile[] }
  | { readonly kind: "apply"; readonly slices: readonly Slice[] };

export interface HashedFile {
  readonly id: number;
  readonly path: RawPath;
  readonly size: number;
}

export type Result =
  | { readonly kind: "surveyed"; readonly unreadable: readonly HeldRecord[] }
  | { readonly kind: "collected"; readonly part: SurveyPart }
  /** SHA-256 by place in the task; "" where the file is missing, unreadable or of another size. */
  | { readonly kind: "hashed"; readonly sha256: readonly string[] }
  /** Journal records, each as JSON. */
  | { readonly kind: "applied"; readonly records: readonly string[] };

export interface Failure {
  readonly kind: "failed";
  readonly code: ErrorCode;
  readonly message: string;
}

/** Beyond this many UIDs a thread forgets which it has reported; the journal then names some twice. */
const REMEMBERED_UIDS = 200_000;

/** Does tasks one after the other: one runner in each worker thread, and one in the main thread. */
export class TaskRunner {
  readonly #settings: RunSettings;
  readonly #pixelTools: PixelTools | undefined;
  readonly #reader = new InputReader();
  readonly #writer: ReleaseWriter;
  #surveyor = new Surveyor();
  #deidentifier: Deidentifier | undefined;
  #block: Uint8Array | undefined;
  /** Slices of one study reach a thread with copies of one record; using one lets `deid` remember by it. */
  #patient: PatientRecord | undefined;
  #reported = new Set<string>();

  /** Without pixel tools nothing is examined: what may show text is held. */
  constructor(settings: RunSettings, pixelTools?: PixelTools) {
    this.#settings = settings;
    this.#pixelTools = pixelTools;
    this.#writer = new ReleaseWriter(settings.out, settings.digests ? settings.keys.input : undefined);
  }

  /** A runner with the tools that the profile asks for. */
  static async open(settings: RunSettings): Promise<TaskRunner> {
    if (settings.profile.pixels !== "examine") return new TaskRunner(settings);
    // Loaded where needed: a run of vetted images starts a tenth of a second sooner.
    const { openPixelTools } = await import("../../pixels/node.js");
    return new TaskRunner(settings, await openPixelTools());
  }

  run(task: Task): Result {
    if (task.kind === "survey") return { kind: "surveyed", unreadable: this.#survey(task.files) };
    if (task.kind === "hash") return { kind: "hashed", sha256: task.files.map((file) => this.#hash(file)) };
    if (task.kind === "apply") return { kind: "applied", records: this.#apply(task.slices) };
    const part = this.#surveyor.part();
    this.#surveyor = new Surveyor();
    return { kind: "collected", part };
  }

  #survey(files: readonly InputFile[]): HeldRecord[] {
    const unreadable: HeldRecord[] = [];
    for (const file of files) {
      let source: FileSource | undefined;
      try {
        source = this.#reader.openHead(file);
        if (claimsToBeDicom(file, source) && !looksLikeDicom(source)) {
          unreadable.push({ id: file.id, held: [LOOKS_LIKE_DICOM] });
        } else this.#surveyor.add(file.id, source);
      } catch (error) {
        unreadable.push(heldFor(file, error));
      } finally {
        source?.close();
      }
    }
    return unreadable;
  }

  #hash({ path, size }: HashedFile): string {
    let fd: number | undefined;
    try {
      fd = openForReading(path);
      if (fstatSync(fd).size !== size) return "";
      this.#block ??= new Uint8Array(COPY_BLOCK);
      const found = hashFile(fd, this.#block);
      return found.size === size ? found.sha256 : "";
    } catch {
      return "";
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  #apply(slices: readonly Slice[]): string[] {
    const records: string[] = [];
    for (const slice of slices) {
      for (const record of this.#applySlice(slice)) records.push(JSON.stringify(record));
    }
    return records;
  }

  /**
   * One record for every file, whatever happens: a file on which `applyStudy` breaks is held, and the others
   * go on. Failures to write end the run.
   */
  *#applySlice(slice: Slice): Generator<ReleasedRecord | HeldRecord> {
    if (this.#patient?.key !== slice.patient.key) this.#patient = slice.patient;
    this.#deidentifier ??= createDeidentifier(this.#settings.profile, this.#settings.keys, this.#pixelTools);
    const opened = new OneByOne(this.#reader, slice.files);
    while (!opened.done) {
      try {
        const instances = opened.instances();
        for (const outcome of applyStudy({ patient: this.#patient, instances }, this.#deidentifier)) {
          const source = opened.sourceOf(outcome.id);
          const record =
            outcome.kind === "held"
              ? { id: outcome.id, held: outcome.reasons }
              : this.#release(outcome, source);
          opened.settle();
          yield record;
        }
        opened.requireSettled();
      } catch (error) {
        if (isFatal(error) || !opened.file) throw error;
        yield heldFor(opened.file, error);
      } finally {
        opened.close();
      }
      yield* opened.takeUnreadable();
    }
  }

  #release(outcome: ReleasedInstance<number>, source: FileSource): ReleasedRecord {
    const { study, series, instance } = outcome;
    const patient = patientRow(outcome);
    const path = releasePath(outcome.patient.new, study.new, series.new, instance.new);
    const written = this.#writer.write(path, outcome.parts, source);
    const uids: [string, string][] = [];
    if (this.#reported.size > REMEMBERED_UIDS) this.#reported.clear();
    for (const uid of [study, series, instance, ...outcome.otherUids]) {
      const pair = `${uid.old} ${uid.new}`;
      if (this.#reported.has(pair)) continue;
      this.#reported.add(pair);
      uids.push([uid.old, uid.new]);
    }
    return {
      id: outcome.id,
      path,
      ...written,
      sopClass: outcome.sopClass,
      counts: outcome.counts,
      kept: outcome.keptText,
      ...(outcome.pixels && { pixels: outcome.pixels }),
      patient,
      uids,
    };
  }
}

/**
 * Files of a slice, opened as they are asked for and one at a time, because they share the reader's buffer.
 * Sees to it that each gets exactly one outcome, while its bytes are still there.
 */
class OneByOne {
  readonly #reader: InputReader;
  readonly #files: readonly InputFile[];
  #next = 0;
  #source: FileSource | undefined;
  #unreadable: HeldRecord[] = [];
  /** The file that waits for its outcome. */
  file: InputFile | undefined;

  constructor(reader: InputReader, files: readonly InputFile[]) {
    this.#reader = reader;
    this.#files = files;
  }

  get done(): boolean {
    return this.#next === this.#files.length;
  }

  *instances(): Generator<InputInstance<number>> {
    while (this.#next < this.#files.length) {
      this.requireSettled();
      this.close();
      const file = this.#files[this.#next++]!;
      try {
        this.#source = this.#reader.openWhole(file);
      } catch (error) {
        this.#unreadable.push(heldFor(file, error));
        continue;
      }
      this.file = file;
      yield { id: file.id, source: this.#source };
    }
  }

  /** The open file, to which an outcome must belong: of any other the bytes are no longer there. */
  sourceOf(id: number): FileSource {
    if (this.file?.id !== id || !this.#source) throw new Error("an outcome came for a file that is not open");
    return this.#source;
  }

  /** The open file has its record. */
  settle(): void {
    this.file = undefined;
  }

  requireSettled(): void {
    if (this.file) throw new Error("a file got no outcome");
  }

  takeUnreadable(): HeldRecord[] {
    const taken = this.#unreadable;
    this.#unreadable = [];
    return taken;
  }

  close(): void {
    this.#source?.close();
    this.#source = undefined;
    this.file = undefined;
  }
}

/** A patient without an ID is found by the study, and in it by what tells its people apart. */
function patientRow({ patient, study }: ReleasedInstance<number>): PatientRow {
  const { old, new: renamed, issuer, person } = patient;
  return old === "" ? ["", renamed, "", study.old, person] : [old, renamed, issuer, "", ""];
}

/** Where somebody may have put "DICM", and nobody else has words: before the end of the file meta information. */
const CLAIM_BYTES = 1024;
const DICM = Buffer.from("DICM");

const LOOKS_LIKE_DICOM: HeldReason = {
  code: "UNREADABLE",
  detail: 'looks like DICOM, by its name or by "DICM" near its start, but cannot be read as DICOM',
};

/** What is named as DICOM is, or bears its mark at another place, is no letter to be left alone. */
function claimsToBeDicom({ path }: InputFile, source: FileSource): boolean {
  return (
    /\.dcm$/i.test(path) || Buffer.from(source.read(0, Math.min(source.size, CLAIM_BYTES))).includes(DICM)
  );
}

/** A failure that is not one file's own: of the output, of the settings, of the whole run. */
function isFatal(error: unknown): boolean {
  return isElpisError(error) && !/^(?:DICOM_|PIXELS_|INPUT_UNREADABLE$)/.test(error.code);
}

/** Fail closed: what cannot be read or judged is held. Messages of other errors may hold values: class only. */
function heldFor(file: InputFile, error: unknown): HeldRecord {
  const detail = isElpisError(error)
    ? `${error.code}: ${error.message}`
    : `unexpected failure (${errorCode(error)}): please report it`;
  // Frames are encoded while they are written: one may fail when all has been judged.
  const ofPixels = isElpisError(error) && error.code.startsWith("PIXELS_");
  const reason: HeldReason = { code: ofPixels ? "PIXELS_NOT_EXAMINED" : "UNREADABLE", detail };
  return { id: file.id, held: [reason] };
}

/** What a thread sends instead of a result. */
export function failureOf(error: unknown): Failure {
  if (isElpisError(error)) return { kind: "failed", code: error.code, message: error.message };
  return { kind: "failed", code: "WORKER_DIED", message: `unexpected failure (${errorCode(error)})` };
}

export function errorOf(failure: Failure): ElpisError {
  return new ElpisError(failure.code, failure.message);
}
