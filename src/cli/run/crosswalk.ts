import { ElpisError } from "../../base/index.js";
import type { ReleasedRecord } from "./journal.js";
import { compare } from "./list.js";

/** Old and new value of one identifier. */
export type Pair = readonly [old: string, renamed: string];

/**
 * As the columns of patients.csv: the issuer of the old ID, or of a patient who has none the study, and what
 * tells the people of that study apart.
 */
export type PatientRow = readonly [
  old: string,
  renamed: string,
  issuer: string,
  study: string,
  person: string,
];

/**
 * Which original became which pseudonym, for the key holder alone. Refuses to go on when two originals
 * became one (UID_COLLISION): the release would merge two people or two images.
 */
export class Crosswalk {
  /** New Patient ID to the patient's key in the survey and the original, in each way it is written. */
  readonly #patients = new Map<string, { readonly key: string; readonly rows: Map<string, PatientRow> }>();
  readonly #uids = new Map<string, string>();

  add(record: ReleasedRecord, patientKey: string): void {
    this.addPatient(patientKey, record.patient);
    for (const [uid, renamed] of record.uids) this.#addUid(uid, renamed);
  }

  /** `key` is issuer and ID, or the study where there is no ID: the ID alone is not the patient. */
  addPatient(key: string, row: PatientRow): void {
    const [, renamed] = row;
    const known = this.#patients.get(renamed);
    if (!known) this.#patients.set(renamed, { key, rows: new Map([[JSON.stringify(row), row]]) });
    else if (known.key === key) known.rows.set(JSON.stringify(row), row);
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
  patients(): PatientRow[] {
    return sortedRows([...this.#patients.values()].flatMap(({ rows }) => [...rows.values()]));
  }

  /** Rows of uids.csv, sorted. */
  uids(): Pair[] {
    return sortedRows([...this.#uids].map(([renamed, old]): Pair => [old, renamed]));
  }

  #addUid(old: string, renamed: string): void {
    const known = this.#uids.get(renamed);
    if (known === undefined) this.#uids.set(renamed, old);
    else if (known !== old) {
      throw new ElpisError("UID_COLLISION", `two UIDs of the input would both become ${renamed}`);
    }
  }
}

function sortedRows<Row extends readonly string[]>(rows: Row[]): Row[] {
  return rows.sort((a, b) => {
    const differs = a.findIndex((field, column) => field !== b[column]);
    return differs < 0 ? 0 : compare(a[differs]!, b[differs]!);
  });
}

export const UID_COLUMNS = ["id_old", "id_new"] as const;
export const PATIENT_COLUMNS = [...UID_COLUMNS, "issuer_old", "study_old", "person_old"] as const;
/** What needs no quotes, and what no spreadsheet takes for a formula or trims. */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.^-]*$/;

/**
 * Rows as CSV (RFC 4180, lines end in LF) under their column names. Values are kept to the character: quoted
 * where they hold anything but letters, digits and ._^-, with quotes doubled; nothing is put before a value
 * that a spreadsheet might take for a formula, because then it would no longer be the value. `csvRows` reads
 * it back.
 */
export function* csvPieces(columns: readonly string[], rows: Iterable<readonly string[]>): Generator<string> {
  yield `${columns.join(",")}\n`;
  for (const row of rows) yield `${row.map(csvField).join(",")}\n`;
}

function csvField(value: string): string {
  return value === "" || PLAIN.test(value) ? value : `"${value.replaceAll('"', '""')}"`;
}
