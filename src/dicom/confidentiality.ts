import * as table from "./tables/confidentiality.js";
import * as safePrivate from "./tables/safe-private.js";
import { groupOf, isPrivate, type Tag } from "./tag.js";
import type { VR } from "./vr.js";

/**
 * Basic Profile actions of PS3.15 Table E.1-1a: D dummy value, Z empty or dummy, X remove, U replace UID. A
 * compound one is resolved by the attribute's type in its IOD (see attributeType); `*` keeps a sequence whose
 * references were all replaced.
 */
export type BasicAction = "X" | "D" | "Z" | "U" | "X/Z" | "X/D" | "X/Z/D" | "Z/D" | "X/Z/U*";

/** The option columns of PS3.15 Table E.1-1, in the order of the generated table's digits. */
export const CONFIDENTIALITY_OPTIONS = [
  "retainSafePrivate",
  "retainUids",
  "retainDeviceIdentity",
  "retainInstitutionIdentity",
  "retainPatientCharacteristics",
  "retainFullDates",
  "modifiedDates",
  "cleanDescriptors",
  "cleanStructuredContent",
  "cleanGraphics",
] as const;

export type ConfidentialityOption = (typeof CONFIDENTIALITY_OPTIONS)[number];

/** One row of PS3.15 Table E.1-1. */
export interface ConfidentialityRow {
  /** `00100010`, lower-case, or a pattern: `50xxxxxx`, `60xx3000`, `60xx4000`, `ggggeeee` (private). */
  readonly pattern: string;
  readonly name: string;
  readonly basic: BasicAction;
  /** K keep, C clean: what an option does instead of the Basic Profile's action. */
  readonly options: { readonly [option in ConfidentialityOption]?: "K" | "C" };
}

function readRow(line: string): ConfidentialityRow {
  const [pattern = "", basic = "", codes = "", name = ""] = line.split("|");
  const options: { [option in ConfidentialityOption]?: "K" | "C" } = {};
  for (let at = 0; at < codes.length; at += 2) {
    options[CONFIDENTIALITY_OPTIONS[Number(codes[at])]!] = codes[at + 1] as "K" | "C";
  }
  return { pattern, name, basic: basic as BasicAction, options };
}

/** All rows of PS3.15 Table E.1-1, repeating groups and private attributes last of their kind. */
export const CONFIDENTIALITY_ROWS: readonly ConfidentialityRow[] = table.content.split("\n").map(readRow);

const byPattern = new Map(CONFIDENTIALITY_ROWS.map((row) => [row.pattern, row]));
const byTag = new Map<number, ConfidentialityRow>();
for (const row of CONFIDENTIALITY_ROWS) {
  if (/^[0-9a-f]{8}$/.test(row.pattern)) byTag.set(Number.parseInt(row.pattern, 16), row);
}
const privateRow = byPattern.get("ggggeeee");
const curveRow = byPattern.get("50xxxxxx");
const overlayDataRow = byPattern.get("60xx3000");
const overlayCommentsRow = byPattern.get("60xx4000");

/** The row that governs a tag; undefined when Table E.1-1 has none, which by itself does not make it safe. */
export function confidentialityRow(tag: Tag): ConfidentialityRow | undefined {
  if (isPrivate(tag)) return privateRow;
  const row = byTag.get(tag);
  if (row) return row;
  const repeating = groupOf(tag) & 0xff00;
  if (repeating === 0x5000) return curveRow;
  if (repeating !== 0x6000) return undefined;
  const element = tag & 0xffff;
  return element === 0x3000 ? overlayDataRow : element === 0x4000 ? overlayCommentsRow : undefined;
}

/** One private attribute that PS3.15 Table E.3.10-1 calls safe. */
export interface SafePrivateAttribute {
  /** UN where the table leaves it blank; the first of a choice ("OW/OB"). */
  readonly vr: VR;
  readonly vm: string;
}

function readSafePrivate(): Map<string, SafePrivateAttribute> {
  const attributes = new Map<string, SafePrivateAttribute>();
  for (const line of safePrivate.content.split("\n")) {
    const [creator, group, elements = ""] = line.split("|");
    for (const element of elements.split(";")) {
      const key = `${creator}|${Number.parseInt(group!, 16)}|${Number.parseInt(element.slice(0, 2), 16)}`;
      attributes.set(key, { vr: element.slice(2, 4) as VR, vm: element.slice(4) });
    }
  }
  return attributes;
}

let safePrivateAttributes: Map<string, SafePrivateAttribute> | undefined;

/**
 * The entry of PS3.15 Table E.3.10-1 for a private element: its creator (case counts, spaces around it do not),
 * its group, and the low byte of its element number. The high byte is the block, which every writer chooses anew
 * (PS3.5 7.8.1).
 */
export function safePrivateAttribute(
  creator: string,
  group: number,
  elementByte: number,
): SafePrivateAttribute | undefined {
  // creator is sender-controlled: a "|" in it cannot forge a key, because group and byte are numbers at the end
  return (safePrivateAttributes ??= readSafePrivate()).get(`${creator.trim()}|${group}|${elementByte}`);
}
