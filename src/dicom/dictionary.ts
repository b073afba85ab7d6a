import { keywordOfName } from "./keyword.js";
import * as table from "./tables/dictionary.js";
import { elementOf, groupOf, isPrivate, isPrivateCreator, type Tag } from "./tag.js";
import { type VR, vrCode } from "./vr.js";

export { TABLE_DIGESTS } from "./tables/digests.js";
export { Tags } from "./tags.js";

/** What PS3.6 registers of one attribute. */
export interface DictionaryEntry {
  /** The tag asked for; for a repeating group that is the actual one, not the pattern. */
  readonly tag: Tag;
  /** The VR, the first one where the standard leaves a choice ("US or SS"); UN for item delimiters. */
  readonly vr: VR;
  readonly vrChoices: readonly VR[];
  /** Value multiplicity as printed: "1", "1-n", "2-2n". */
  readonly vm: string;
  /** Empty for attributes that the standard has blanked. */
  readonly keyword: string;
  readonly name: string;
  readonly retired: boolean;
}

/** A pattern such as 60xx,3000: matches a tag of an even group when `(tag & mask) === value`. */
interface Repeater {
  readonly mask: number;
  readonly value: number;
  readonly code: number;
}

/**
 * The tokeniser asks for the VR of every implicit element, so tags sit in one open-addressing hash table of
 * typed arrays: a look-up is a multiplication and about one probe. `entries` holds the line number plus one.
 */
interface Index {
  readonly tags: Uint32Array;
  readonly entries: Uint16Array;
  readonly codes: Uint16Array;
  readonly inOrder: Uint32Array;
  readonly repeaters: readonly Repeater[];
}

const HASH_BITS = 14;
const HASH_MASK = (1 << HASH_BITS) - 1;
const NO_VR = "--";
const UL = vrCode("UL");
const LO = vrCode("LO");

const hashOf = (tag: number): number => Math.imul(tag, 0x9e3779b1) >>> (32 - HASH_BITS);
const codeOf = (vr: string): number => (vr === NO_VR ? 0 : vrCode(vr as VR));

const [groupLines, detailLines, repeaterLines, repeaterDetailLines] = table.content.split("\n\n") as [
  string,
  string,
  string,
  string,
];

function readRepeater(line: string): Repeater {
  const digits = line.slice(0, 8);
  const mask = Number.parseInt(digits.replace(/[^x]/g, "F").replaceAll("x", "0"), 16) >>> 0;
  return { mask, value: Number.parseInt(digits.replaceAll("x", "0"), 16) >>> 0, code: codeOf(line.slice(8)) };
}

function buildIndex(): Index {
  const tags = new Uint32Array(1 << HASH_BITS);
  const entries = new Uint16Array(1 << HASH_BITS);
  const codes = new Uint16Array(1 << HASH_BITS);
  const inOrder: number[] = [];
  for (const line of groupLines.split("\n")) {
    const group = Number.parseInt(line.slice(0, 4), 16) * 0x10000;
    for (let at = 4; at < line.length; at += 6) {
      const tag = group + Number.parseInt(line.slice(at, at + 4), 16);
      let slot = hashOf(tag);
      while (entries[slot] !== 0) slot = (slot + 1) & HASH_MASK;
      tags[slot] = tag;
      codes[slot] = codeOf(line.slice(at + 4, at + 6));
      entries[slot] = inOrder.push(tag);
    }
  }
  const repeaters = repeaterLines.split("\n").map(readRepeater);
  return { tags, entries, codes, inOrder: Uint32Array.from(inOrder), repeaters };
}

let builtIndex: Index | undefined;

/** The slot of a tag, or -1. */
function slotOf(index: Index, tag: number): number {
  const { tags, entries } = index;
  let slot = hashOf(tag);
  while (entries[slot] !== 0) {
    if (tags[slot] === tag) return slot;
    slot = (slot + 1) & HASH_MASK;
  }
  return -1;
}

/** Line number of the repeating group that `tag` belongs to, or -1. Repeating groups are even (PS3.5 7.6). */
function repeaterOf(index: Index, tag: Tag): number {
  if (isPrivate(tag)) return -1;
  return index.repeaters.findIndex(({ mask, value }) => (tag & mask) >>> 0 === value);
}

/**
 * The VR of an attribute as its code in one number (see vrCode), for implicit VR; 0 when the dictionary does not
 * know it. Where the standard leaves a choice it is the first: what Pixel Representation or the transfer syntax
 * decides (PS3.5 A) is for the reader of the value.
 */
export function dictionaryVrCode(tag: Tag): number {
  const index = (builtIndex ??= buildIndex());
  const slot = slotOf(index, tag);
  if (slot >= 0) return index.codes[slot]!;
  if (elementOf(tag) === 0) return UL; // group length (PS3.5 7.2)
  if (isPrivate(tag)) return isPrivateCreator(tag) ? LO : 0; // PS3.5 7.8.1
  return index.repeaters[repeaterOf(index, tag)]?.code ?? 0;
}

function readEntry(tag: Tag, line: string, vr: VR | undefined): DictionaryEntry {
  const [name = "", vm, choices, retired, keyword] = line.split("|");
  const vrChoices = choices ? (choices.split(" ") as VR[]) : vr === undefined ? [] : [vr];
  return {
    tag,
    vr: vr ?? "UN",
    vrChoices,
    vm: vm || "1",
    keyword: keyword === "-" ? "" : keyword || keywordOfName(name),
    name,
    retired: retired === "R",
  };
}

function vrOf(code: number): VR | undefined {
  return code === 0 ? undefined : (String.fromCharCode(code >> 8, code & 0xff) as VR);
}

let builtDetails: { readonly lines: string[]; readonly repeaterLines: string[] } | undefined;
const details = () =>
  (builtDetails ??= { lines: detailLines.split("\n"), repeaterLines: repeaterDetailLines.split("\n") });
const entryCache = new Map<Tag, DictionaryEntry | undefined>();

function findEntry(tag: Tag): DictionaryEntry | undefined {
  const index = (builtIndex ??= buildIndex());
  const slot = slotOf(index, tag);
  if (slot >= 0) return readEntry(tag, details().lines[index.entries[slot]! - 1]!, vrOf(index.codes[slot]!));
  if (elementOf(tag) === 0) return readEntry(tag, "Group Length|||R", "UL");
  if (isPrivateCreator(tag)) return readEntry(tag, "Private Creator", "LO");
  const repeater = repeaterOf(index, tag);
  if (repeater < 0) return undefined;
  return readEntry(tag, details().repeaterLines[repeater]!, vrOf(index.repeaters[repeater]!.code));
}

/**
 * Everything the dictionary knows of a tag. Group lengths and private creators have an entry too; other private
 * elements and unknown tags have none.
 */
export function dictionaryEntry(tag: Tag): DictionaryEntry | undefined {
  const cached = entryCache.get(tag);
  if (cached) return cached;
  const entry = findEntry(tag);
  // a repeating group or odd group takes many tags, which a hostile file could make us keep
  if (entry && groupOf(tag) % 2 === 0 && entryCache.size < 16384) entryCache.set(tag, entry);
  return entry;
}

let builtKeywords: Map<string, Tag> | undefined;

function buildKeywords(): Map<string, Tag> {
  const index = (builtIndex ??= buildIndex());
  const { lines, repeaterLines } = details();
  const keywords = new Map<string, Tag>();
  repeaterLines.forEach((line, at) => {
    keywords.set(readEntry(0 as Tag, line, undefined).keyword, index.repeaters[at]!.value as Tag);
  });
  lines.forEach((line, at) => {
    keywords.set(readEntry(0 as Tag, line, undefined).keyword, index.inOrder[at]! as Tag);
  });
  keywords.delete("");
  return keywords;
}

/** The tag of a keyword such as `PatientID`; for a repeating group its first one (`OverlayData` is (6000,3000)). */
export function tagOfKeyword(keyword: string): Tag | undefined {
  return (builtKeywords ??= buildKeywords()).get(keyword);
}
