import { fromLatin1 } from "../base/index.js";
import { type CharacterSet, DEFAULT_CHARACTER_SET, parseCharacterSet } from "./charset/index.js";
import type { ByteSource } from "./source.js";
import { formatTag, makeTag, type Tag } from "./tag.js";
import { Flag, ITEM, type Tokens } from "./tokens.js";
import { CHARSET_TEXT, SINGLE_VALUED, type VR, vrOfCode } from "./vr.js";

const SPECIFIC_CHARACTER_SET = makeTag(0x0008, 0x0005);
/** The top level, where a token index of an item is asked for. */
export const ROOT = -1;

/** Sixty terms: more than the standard has. Only a hostile file declares more, and its rest is not read. */
const LONGEST_DECLARED = 1024;

/**
 * A data set over its tokens: finds elements and decodes values when asked. A token index names an
 * element; an item's index (or `ROOT`) names the data set that holds elements.
 */
export class DataSet {
  readonly source: ByteSource;
  readonly tokens: Tokens;
  #characterSetOf = new Map<number, CharacterSet>();

  constructor(source: ByteSource, tokens: Tokens) {
    this.source = source;
    this.tokens = tokens;
  }

  /** Index of the first element of an item or of the root; compare with `after`. */
  first(item: number): number {
    return item + 1;
  }

  /** One past the last token that an item or the root owns. */
  after(item: number): number {
    return item === ROOT ? this.tokens.count : this.tokens.next[item]!;
  }

  /** The token of `tag` directly in `item`, or -1. */
  find(tag: Tag, item = ROOT): number {
    const { tag: tags, next } = this.tokens;
    const after = this.after(item);
    for (let i = item + 1; i < after; i = next[i]!) if (tags[i] === tag) return i;
    return -1;
  }

  /** Item tokens of a sequence, in order. */
  items(sequence: number): number[] {
    const found: number[] = [];
    const { next } = this.tokens;
    for (let i = sequence + 1; i < next[sequence]!; i = next[i]!) found.push(i);
    return found;
  }

  tagAt(token: number): Tag {
    return this.tokens.tag[token] as Tag;
  }

  /** The VR in the file, or the dictionary's in implicit VR; undefined where neither is known. */
  vrAt(token: number): VR | undefined {
    return vrOfCode(this.tokens.vr[token]!);
  }

  isSequence(token: number): boolean {
    return (this.tokens.flags[token]! & Flag.Sequence) !== 0;
  }

  length(token: number): number {
    return this.tokens.valueEnd[token]! - this.tokens.value[token]!;
  }

  /** The value's bytes as they are in the file, padding included. */
  bytes(token: number): Uint8Array {
    return this.source.read(this.tokens.value[token]!, this.length(token));
  }

  /** Specific Character Set that governs an element: its item's own, else that of the data set around. */
  characterSet(token: number): CharacterSet {
    return this.characterSetOfItem(this.tokens.parent[token]!);
  }

  characterSetOfItem(item: number): CharacterSet {
    const known = this.#characterSetOf.get(item);
    if (known) return known;
    const declared = this.find(SPECIFIC_CHARACTER_SET, item);
    let set: CharacterSet;
    if (declared >= 0) {
      const { value } = this.tokens;
      const length = Math.min(this.length(declared), LONGEST_DECLARED);
      const terms = trimPadding(fromLatin1(this.source.read(value[declared]!, length)));
      set = parseCharacterSet(terms.split("\\").map((term) => term.trim()));
    } else if (item === ROOT) set = DEFAULT_CHARACTER_SET;
    else set = this.characterSet(this.tokens.parent[item]!);
    this.#characterSetOf.set(item, set);
    return set;
  }

  /** The whole value as text, padding trimmed, backslashes and all; "" when empty. */
  text(token: number, vr: VR | undefined = this.vrAt(token)): string {
    return this.decode(token, this.bytes(token), vr);
  }

  /** Other bytes in the place of an element's value, as text: read by the character set that governs it. */
  decode(token: number, bytes: Uint8Array, vr: VR | undefined = this.vrAt(token)): string {
    if (vr && CHARSET_TEXT.has(vr)) {
      const kind = vr === "PN" ? "PN" : SINGLE_VALUED.has(vr) ? "single" : "text";
      return trimPadding(this.characterSet(token).decode(bytes, kind));
    }
    return trimPadding(fromLatin1(bytes));
  }

  /** The values of a text element, each trimmed of its padding; [] when empty. */
  strings(token: number, vr: VR | undefined = this.vrAt(token)): string[] {
    if (this.length(token) === 0) return [];
    const text = this.text(token, vr);
    if (vr && SINGLE_VALUED.has(vr)) return [text];
    return text.split("\\").map((value) => trimPadding(value));
  }

  /** First value of `tag` in `item`, or "" when absent or empty. */
  string(tag: Tag, item = ROOT): string {
    const token = this.find(tag, item);
    return token < 0 ? "" : (this.strings(token)[0] ?? "").trim();
  }

  /** `(0008,1115) > (0008,1199) > (0008,1155)`: the elements that enclose a token, and its own tag. */
  path(token: number): string {
    const steps: string[] = [];
    for (let i = token; i >= 0; i = this.tokens.parent[i]!) {
      if (this.tokens.tag[i] === ITEM) continue;
      steps.unshift(formatTag(this.tagAt(i)));
    }
    return steps.join(" > ");
  }
}

/** Without trailing spaces and NULs (PS3.5 6.2: padding is not significant). */
export function trimPadding(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 0x20 || text.charCodeAt(end - 1) === 0)) end--;
  return end === text.length ? text : text.slice(0, end);
}
