import { ElpisError } from "../../base/index.js";
import type { ReleasedRecord } from "./journal.js";
import { compare } from "./list.js";

/** Old and new value of one identifier. */
export type Pair = readonly [old: string, renamed: string];

/**
 * Which original became which pseudonym, for the key holder alone. Refuses to go on when two originals
 * became one (UID_COLLISION): the release would merge two people or two images.
 */
export class Crosswalk {
  /** New Patient ID to the patient's key in the survey and the original ID, in each way it is written. */
  readonly #patients = new Map<string, { readonly key: string; readonly olds: Set<string> }>();
  readonly #uids = new Map<string, string>();

  add(record: ReleasedRecord, patientKey: string): void {
    this.addPatient(patientKey, ...record.patient);
    for (const [uid, renamed] of record.uids) this.#addUid(uid, renamed);
  }

  /** `key` is issuer and ID, or the study where there is no ID: the ID alone is not the patient. */
  addPatient(key: string, old: string, renamed: string): void {
    const known = this.#patients.get(renamed);
    if (!known) this.#patients.set(renamed, { key, olds: new Set([old]) });
    else if (known.key === key) known.olds.add(old);
    else {
      throw new ElpisError(
        "UID_COLLISION",
        "two patients would get one pseudonym: give patientId a longer shape in the profile",
      );
    }
  }

  get patientCount(): number {
    return this.#patients.size;
  }

  /** Rows of patients.csv, sorted. One original may have several pseudonyms: IDs of different issuers. */
  patients(): Pair[] {
    return sortedPairs(
      [...this.#patients].flatMap(([renamed, { olds }]) => [...olds].map((old): Pair => [old, renamed])),
    );
  }

  /** Rows of uids.csv, sorted. */
  uids(): Pair[] {
    return sortedPairs([...this.#uids].map(([renamed, old]) => [old, renamed]));
  }

  #addUid(old: string, renamed: string): void {
    const known = this.#uids.get(renamed);
    if (known === undefined) this.#uids.set(renamed, old);
    else if (known !== old) {
      throw new ElpisError("UID_COLLISION", `two UIDs of the input would both become ${renamed}`);
    }
  }
}

function sortedPairs(pairs: Pair[]): Pair[] {
  return pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
}

const CSV_HEADER = "id_old,id_new";
/** What needs no quotes, and what no spreadsheet takes for a formula or trims. */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.^-]*$/;

/**
 * A crosswalk as CSV (RFC 4180, lines end in LF). Originals are kept to the character: quoted where they hold
 * anything but letters, digits and ._^-, with quotes doubled; nothing is put before a value that a spreadsheet
 * might take for a formula, because then it would no longer be the value. `csvRows` reads it back.
 */
export function* csvPieces(pairs: readonly Pair[]): Generator<string> {
  yield `${CSV_HEADER}\n`;
  for (const [old, renamed] of pairs) yield `${csvField(old)},${csvField(renamed)}\n`;
}

function csvField(value: string): string {
  return PLAIN.test(value) ? value : `"${value.replaceAll('"', '""')}"`;
}
