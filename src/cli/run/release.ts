import { canonicalJson, sha256, toHex, utf8 } from "../../base/index.js";
import type { Profile, ProjectKeys } from "../../deid/index.js";
import { TABLE_DIGESTS } from "../../dicom/index.js";
import {
  MANIFEST_FORMAT,
  type ManifestInstance,
  type ManifestProfile,
  manifestPieces,
  type ReleaseManifest,
} from "../../ledger/index.js";
import { TEXT_FINDER_DIGEST } from "../../pixels/index.js";
import { TEXT_RULES_VERSION, TEXT_TABLES_DIGEST } from "../../text/index.js";
import { Crosswalk, csvPieces, PATIENT_COLUMNS, UID_COLUMNS } from "./crosswalk.js";
import { writeTextDurably } from "./files.js";
import { type Folders, heldPath, keptTextPath, manifestPath, patientsPath, uidsPath } from "./folders.js";
import { countByCode, type HeldFile, heldPieces } from "./held.js";
import type { JournalRecord, ReleasedRecord } from "./journal.js";
import { KEPT_COLUMNS, KeptTexts } from "./kept.js";
import { compare, type InputFile, shownPath } from "./list.js";
import type { Plan } from "./plan.js";

/** Everything that describes the run and not its results. */
export interface RunDescription {
  readonly software: { readonly name: string; readonly version: string };
  readonly profile: Profile;
  readonly keys: ProjectKeys;
}

/** Edition and digest of all tables that decide what is done. */
const TABLES: ReleaseManifest["tables"] = {
  ...TABLE_DIGESTS,
  textFinder: { edition: "1", sha256: TEXT_FINDER_DIGEST },
  text: { edition: `rules ${TEXT_RULES_VERSION}`, sha256: TEXT_TABLES_DIGEST },
};

/** One digest for them all. */
export function tablesDigest(): string {
  return toHex(sha256(utf8(canonicalJson(TABLES))));
}

/** What a run has made so far, gathered from its records in whatever order they come. */
export class Release {
  readonly crosswalk = new Crosswalk();
  readonly keptTexts = new KeptTexts();
  readonly #plan: Plan;
  readonly #held: HeldFile[];
  readonly #instances: ManifestInstance[] = [];
  /** Files equal to one that is released. */
  #duplicates = 0;
  readonly #actions = new Map<string, number>();
  readonly #pixels = { instances: 0, frames: 0, blankedFrames: 0 };
  readonly #sources = new Map<number, { readonly file: InputFile; readonly patientKey: string }>();

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#held = [...plan.held];
    for (const { patient, files } of plan.studies) {
      for (const file of files) this.#sources.set(file.id, { file, patientKey: patient.key });
    }
  }

  /** Takes each file's record once; throws UID_COLLISION. */
  add(record: JournalRecord): void {
    const source = this.#sources.get(record.id);
    if (!source) throw new Error("a record came for a file that waits for none");
    this.#sources.delete(record.id);
    const copies = this.#plan.copies.get(record.id) ?? [];
    if ("held" in record) {
      for (const { path } of [source.file, ...copies]) {
        this.#held.push({ path: shownPath(path), reasons: record.held });
      }
      return;
    }
    this.#duplicates += copies.length;
    this.crosswalk.add(record, source.patientKey);
    this.#instances.push(manifestInstance(record));
    for (const [action, count] of Object.entries(record.counts)) {
      this.#actions.set(action, (this.#actions.get(action) ?? 0) + count);
    }
    if (record.pixels) {
      this.#pixels.instances++;
      this.#pixels.frames += record.pixels.frames;
      this.#pixels.blankedFrames += record.pixels.blankedFrames;
    }
    this.keptTexts.add(record.kept, source.file);
  }

  /** Files that have no record yet. */
  get pending(): ReadonlyMap<number, unknown> {
    return this.#sources;
  }

  get held(): readonly HeldFile[] {
    return this.#held;
  }

  manifest({ software, profile, keys }: RunDescription): ReleaseManifest {
    const released = this.#instances.length;
    const held = this.#held.length;
    const duplicates = this.#duplicates;
    const { other } = this.#plan;
    return {
      format: MANIFEST_FORMAT,
      software,
      project: keys.project,
      recipient: keys.recipient,
      key: keys.fingerprint,
      profile: manifestProfile(profile),
      tables: TABLES,
      survey: this.#plan.surveyDigest,
      counts: {
        instances: released + duplicates + held,
        released,
        duplicates,
        held,
        heldBy: countByCode(this.#held),
        other: other.length,
      },
      actions: Object.fromEntries(this.#actions),
      keptText: this.keptTexts.elements(),
      consent: "not evaluated",
      pixelsExamined: PIXELS_EXAMINED[profile.pixels],
      pixels: { ...this.#pixels },
      limits: limitsOf(profile),
      instances: [...this.#instances].sort((a, b) => compare(a.path, b.path)),
    };
  }

  /**
   * Crosswalk and held list first, release.json last: where it is, the release is complete. These few files are
   * made durable; the images are left to the system's own time, because waiting for the disk at each would
   * double the time of a run. After a loss of power --resume compares every image with its digest and makes
   * again what is not whole.
   */
  publish(folders: Folders, manifest: ReleaseManifest): void {
    if (this.#sources.size > 0) throw new Error("files are left that are neither released nor held");
    writeTextDurably(patientsPath(folders), 0o600, csvPieces(PATIENT_COLUMNS, this.crosswalk.patients()));
    writeTextDurably(uidsPath(folders), 0o600, csvPieces(UID_COLUMNS, this.crosswalk.uids()));
    writeTextDurably(heldPath(folders), 0o600, heldPieces(this.#held));
    writeTextDurably(keptTextPath(folders), 0o600, csvPieces(KEPT_COLUMNS, this.keptTexts.rows()));
    writeTextDurably(manifestPath(folders), 0o666, manifestPieces(manifest));
  }
}

function manifestInstance({ path, sopClass, size, sha256, input }: ReleasedRecord): ManifestInstance {
  return { path, sopClass, size, ...(sha256 && input ? { sha256, input } : {}) };
}

function manifestProfile(profile: Profile): ManifestProfile {
  const shifted =
    profile.options.has("modifiedDates") ||
    [...profile.rules.values()].some(({ action }) => action === "shift" || action === "shifted-year");
  const { minDays, maxDays } = profile.dateShift;
  return {
    name: profile.name,
    digest: profile.digest,
    options: [...profile.options].sort(),
    patientId: profile.patientId,
    patientName: profile.patientName,
    dateShift: shifted ? { minDays, maxDays } : null,
    uidRoot: profile.uidRoot,
    rules: profile.rules.size,
    safePrivate: profile.safePrivate.length,
    encryptedAttributes: profile.encryptTo !== undefined,
  };
}

const PIXELS_EXAMINED = { examine: "examined", hold: "no", vetted: "vetted" } as const;

const PIXEL_LIMITS: { readonly [mode in Profile["pixels"]]: string } = {
  examine:
    "Pixels were examined for text by two detectors; handwriting, very faint and very large letters may remain.",
  hold: "Pixels were not examined; instances whose class or header often goes with burned-in text were held.",
  vetted: "Pixels were not examined by this software; the profile states that a person has vetted them.",
};

function limitsOf(profile: Profile): string[] {
  return [
    "Consent was not evaluated.",
    PIXEL_LIMITS[profile.pixels],
    "Recognizable visual features, such as a face in a head scan, were not removed.",
    "Names in free text that are neither of the patient nor in a list, and stand without a cue, may remain.",
    "Two recipients may still link their copies by pixels and by intervals between dates.",
  ];
}
