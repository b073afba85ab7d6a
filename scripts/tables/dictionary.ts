/**
 * The data dictionary as text, four parts with an empty line between them:
 *   1. one line a group: its four hex digits, then for each element four hex digits and the two letters of its
 *      first VR ("--" for the item delimiters, which have none)
 *   2. one line an element, in the order of part 1 (see `details`)
 *   3. repeating groups: "60xx3000OB" a line
 *   4. one line a repeating element, as in part 2
 */
import { keywordOfName } from "../../src/dicom/keyword.js";

interface Element {
  readonly tag: string;
  readonly vr: string;
  readonly vm: string;
  readonly name: string;
  readonly keyword: string;
  readonly retired: boolean;
}

interface Source {
  readonly elements: readonly (Element & { readonly id: string })[];
  readonly repeaters: readonly Element[];
}

/**
 * Attributes of PS3.15 2026d that the 2024d dictionary lacks: VR and VM by hand. Where no published dictionary
 * of a later edition was at hand (marked ?) the widest VR of that kind of name is taken.
 */
const SUPPLEMENT: Readonly<Record<string, string>> = {
  "00081301": "SQ", "00081302": "SQ", "00081303": "SQ", "00081304": "SQ",
  "00100011": "SQ", "00100012": "LT", "00100013": "UT", "00100014": "SQ", "00100015": "SQ", "00100016": "UT",
  "00100041": "SQ", "00100042": "UT", "00100043": "SQ", "00100044": "SQ", "00100045": "UT", "00100046": "SQ",
  "00100047": "UR 1-n", "00102162": "UC 1-n", "3004007F": "LO",
  "0040A034": "DT", "0040A035": "DT", "0040B034": "DT", "0040B036": "DT",
  "0040B03B": "LO", // ?
  "0040B03F": "LO", // ?
  "0040E012": "UR",
}; // biome-ignore format: a table

/** `name|vm|VR choices|R|keyword`, without what is the default: VM 1, one VR, not retired, keyword by the rule. */
function details(element: Element): string {
  const choices = element.vr.split(" or ");
  const keyword = element.keyword === keywordOfName(element.name) ? "" : element.keyword || "-";
  const fields = [
    element.name,
    element.vm === "1" ? "" : element.vm,
    choices.length > 1 ? choices.join(" ") : "",
    element.retired ? "R" : "",
    keyword,
  ];
  return fields.join("|").replace(/\|+$/, "");
}

const firstVr = (element: Element): string => (element.vr === "NONE" ? "--" : element.vr.split(" or ")[0]!);

interface NewerRow {
  readonly id: string;
  readonly name: string;
  readonly retired: string;
}

function supplement(known: ReadonlySet<string>, rows: readonly NewerRow[]): (Element & { id: string })[] {
  const newer = rows.filter((row) => /^[0-9a-f]{8}$/i.test(row.id) && !known.has(row.id.toUpperCase()));
  return newer.map((row) => {
    const [vr, vm = "1"] = (SUPPLEMENT[row.id.toUpperCase()] ?? "").split(" ");
    if (!vr) throw new Error(`dictionary: no VR known for (${row.id}) ${row.name}; add it to SUPPLEMENT`);
    return {
      id: row.id,
      tag: row.id,
      vr,
      vm,
      name: row.name,
      keyword: keywordOfName(row.name),
      retired: row.retired === "Y",
    };
  });
}

export function dictionaryContent(source: Source, e11: readonly NewerRow[]): string {
  const known = new Set(source.elements.map((element) => element.id.toUpperCase()));
  const elements = [...source.elements, ...supplement(known, e11)]
    .map((element) => ({ ...element, id: element.id.toUpperCase() }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const groups = new Map<string, string>();
  for (const element of elements) {
    const group = element.id.slice(0, 4);
    groups.set(group, (groups.get(group) ?? group) + element.id.slice(4) + firstVr(element));
  }
  return [
    [...groups.values()].join("\n"),
    elements.map(details).join("\n"),
    source.repeaters.map((element) => element.tag + firstVr(element)).join("\n"),
    source.repeaters.map(details).join("\n"),
  ].join("\n\n");
}
