/** PS3.15 Tables E.1-1 and E.3.10-1 as text. */

type Row = Readonly<Record<string, string>>;

/** Option columns in the order of their digits; src/dicom/confidentiality.ts lists its names in the same order. */
const OPTION_COLUMNS = [
  "rtnSafePrivOpt",
  "rtnUIDsOpt",
  "rtnDevIdOpt",
  "rtnInstIdOpt",
  "rtnPatCharsOpt",
  "rtnLongFullDatesOpt",
  "rtnLongModifDatesOpt",
  "cleanDescOpt",
  "cleanStructContOpt",
  "cleanGraphOpt",
];
const OTHER_COLUMNS = new Set(["name", "tag", "retired", "stdCompIOD", "basicProfile", "id"]);

/** A row a line: `00080050|Z|5K6C|Accession Number` (tag, Basic Profile, option digit with K or C, name). */
export function confidentialityContent(rows: readonly Row[]): string {
  return rows
    .map((row) => {
      const stranger = Object.keys(row).find(
        (key) => !OTHER_COLUMNS.has(key) && !OPTION_COLUMNS.includes(key),
      );
      if (stranger) throw new Error(`Table E.1-1 has a column ${stranger} that no option is known for`);
      const options = OPTION_COLUMNS.map((column, digit) =>
        row[column] ? `${digit}${row[column]}` : "",
      ).join("");
      const id = row.id!.toLowerCase();
      return [id, row.basicProfile, options, row.name].join("|");
    })
    .sort()
    .join("\n");
}

/** A creator and group a line: `Philips Imaging DD 001|2001|01FL1;02CS1-n` (low byte, VR, VM). */
export function safePrivateContent(rows: readonly Row[]): string {
  const blocks = new Map<string, string[]>();
  for (const row of rows) {
    const match = /^\(([0-9A-F]{4}),xx([0-9A-F]{2})\)$/i.exec(row.tag!);
    if (!match) throw new Error(`Table E.3.10-1: ${row.tag} is no private tag`);
    const key = `${row.private_creator!.trim()}|${match[1]!.toUpperCase()}`;
    // "OW/OB" stands for either; a row without a VR is read as bytes
    const vr = row.vr!.split("/")[0] || "UN";
    blocks.set(key, [...(blocks.get(key) ?? []), `${match[2]!.toUpperCase()}${vr}${row.vm}`]);
  }
  return [...blocks]
    .map(([key, elements]) => `${key}|${elements.sort().join(";")}`)
    .sort()
    .join("\n");
}
