import { ElpisError, type ErrorCode } from "../base/index.js";
import { dictionaryVrCode } from "./dictionary.js";
import type { ByteSource } from "./source.js";
import { formatTag, isPrivate, type Tag } from "./tag.js";
import { Flag, ITEM, ITEM_DELIMITER, SEQUENCE_DELIMITER, Tokens } from "./tokens.js";
import { LONG_HEADER, VALUE_REPRESENTATIONS, vrCode } from "./vr.js";

/** How a data set is encoded (PS3.5 Annex A). */
export interface Encoding {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

export const IMPLICIT_LITTLE: Encoding = { explicit: false, bigEndian: false };
export const EXPLICIT_LITTLE: Encoding = { explicit: true, bigEndian: false };

/** Deeper nesting than any real object has: a reader that recurses must end somewhere. */
const MAX_DEPTH = 64;
const MAX_TOKENS = 4_000_000;
/** How much is read at once from a source that is not wholly in memory. */
const WINDOW = 65_536;
const UNDEFINED = 0xffffffff;
const ANY_GROUP = -1;
const PIXEL_DATA = 0x7fe00010;
const [SQ, UN, OB, OW] = [vrCode("SQ"), vrCode("UN"), vrCode("OB"), vrCode("OW")];

/** 0: no VR; 1: 16-bit length; 2: two reserved bytes, then 32-bit length. By VR code. */
const HEADER_FORM = (() => {
  const form = new Uint8Array(65_536);
  for (const vr of VALUE_REPRESENTATIONS) form[vrCode(vr)] = LONG_HEADER.has(vr) ? 2 : 1;
  return form;
})();

/** True when two bytes could be a VR, known or of a later edition: two upper-case letters. */
export function looksLikeVr(code: number): boolean {
  const first = code >> 8;
  const second = code & 0xff;
  return first >= 0x41 && first <= 0x5a && second >= 0x41 && second <= 0x5a;
}

/** What `tokenise` returns: the tokens, and where the first byte lies that belongs to none of them. */
export interface Tokenised {
  readonly tokens: Tokens;
  readonly end: number;
}

/**
 * Finds every element and item of a data set in [start, end) of a source without decoding any value.
 * `onlyGroup` stops before the first element of any other group (file meta information ends so).
 * At the top level zeros behind the last element are left over, not an error: many files are padded.
 * Throws DICOM_* errors that name tag, offset and reason.
 */
export function tokenise(
  source: ByteSource,
  start: number,
  end: number,
  encoding: Encoding,
  onlyGroup = ANY_GROUP,
): Tokenised {
  const reader = new Tokeniser(source, encoding);
  const stopped = reader.dataSet(start, end, -1, false, onlyGroup);
  return { tokens: reader.tokens, end: stopped };
}

class Tokeniser {
  readonly tokens = new Tokens();
  readonly #source: ByteSource;
  #buffer: Uint8Array;
  #base = 0;
  #explicit: boolean;
  #bigEndian: boolean;
  #depth = 0;

  constructor(source: ByteSource, encoding: Encoding) {
    this.#source = source;
    this.#buffer = source.read(0, Math.min(source.size, WINDOW));
    this.#explicit = encoding.explicit;
    this.#bigEndian = encoding.bigEndian;
  }

  /** Index in the buffer of `length` bytes at `offset`, which the caller knows to lie within the source. */
  #at(offset: number, length: number): number {
    const index = offset - this.#base;
    if (index >= 0 && index + length <= this.#buffer.length) return index;
    this.#buffer = this.#source.read(offset, Math.min(this.#source.size - offset, Math.max(WINDOW, length)));
    this.#base = offset;
    return 0;
  }

  #u16(index: number): number {
    const buffer = this.#buffer;
    return this.#bigEndian
      ? (buffer[index]! << 8) | buffer[index + 1]!
      : buffer[index]! | (buffer[index + 1]! << 8);
  }

  #u32(index: number): number {
    const low = this.#u16(index);
    const high = this.#u16(index + 2);
    return this.#bigEndian ? low * 65_536 + high : high * 65_536 + low;
  }

  #tag(index: number): number {
    return ((this.#u16(index) << 16) | this.#u16(index + 2)) >>> 0;
  }

  /**
   * Reads elements until `end`, until an item delimiter (`delimited`), or until a group other than
   * `onlyGroup`; returns the offset at which it stopped. A delimiter itself is left to the caller.
   */
  dataSet(start: number, end: number, parent: number, delimited: boolean, onlyGroup: number): number {
    let at = start;
    while (at < end) {
      if (end - at < 8) {
        if (parent < 0 && !delimited && this.#restIsPadding(at, end)) return at;
        throw fail(
          "DICOM_TRUNCATED",
          `${end - at} bytes left where an element should start`,
          at,
          parent,
          this.tokens,
        );
      }
      const tag = this.#tag(this.#at(at, 8));
      if (tag === ITEM_DELIMITER && delimited) return at;
      if (onlyGroup !== ANY_GROUP && tag >>> 16 !== onlyGroup) return at;
      if (tag === 0 && parent < 0 && this.#restIsPadding(at, end)) return at;
      if (tag >>> 16 === 0xfffe) {
        throw fail(
          "DICOM_BAD_ITEM",
          `${formatTag(tag as Tag)} where an element should start`,
          at,
          parent,
          this.tokens,
        );
      }
      at = this.#element(tag, at, end, parent);
    }
    if (delimited) throw fail("DICOM_TRUNCATED", "the item delimiter is missing", at, parent, this.tokens);
    return at;
  }

  #restIsPadding(at: number, end: number): boolean {
    for (let from = at; from < end; from += WINDOW) {
      const length = Math.min(WINDOW, end - from);
      const index = this.#at(from, length);
      for (let i = index; i < index + length; i++) if (this.#buffer[i] !== 0) return false;
    }
    return true;
  }

  /** Reads one element with all it encloses; returns the offset behind it. */
  #element(tag: number, at: number, end: number, parent: number): number {
    const tokens = this.tokens;
    if (tokens.count >= MAX_TOKENS) {
      throw fail("DICOM_TOO_MANY_ELEMENTS", `more than ${MAX_TOKENS} elements`, at, parent, tokens);
    }
    let flags = this.#bigEndian ? Flag.BigEndian : 0;
    let vr: number;
    let length: number;
    let value = at + 8;
    if (this.#explicit) {
      const index = this.#at(at, Math.min(12, end - at));
      vr = (this.#buffer[index + 4]! << 8) | this.#buffer[index + 5]!;
      const form = HEADER_FORM[vr]!;
      if (form === 1) length = this.#u16(index + 6);
      else {
        // A VR of a later edition has the long header (PS3.5 6.2); anything but letters is no VR.
        if (form === 0 && !looksLikeVr(vr)) {
          throw fail("DICOM_BAD_VR", `${formatTag(tag as Tag)} has no valid VR`, at, parent, tokens);
        }
        if (end - at < 12) {
          throw fail(
            "DICOM_TRUNCATED",
            `${formatTag(tag as Tag)} ends within its header`,
            at,
            parent,
            tokens,
          );
        }
        length = this.#u32(index + 8);
        value = at + 12;
      }
    } else {
      flags |= Flag.Implicit;
      vr = dictionaryVrCode(tag as Tag);
      length = this.#u32(this.#at(at, 8) + 4);
    }
    const token = tokens.push(tag, vr, flags, at, value, parent);
    if (length === UNDEFINED) return this.#undefinedLength(token, end);
    const valueEnd = value + length;
    if (valueEnd > end) {
      const reason = `${formatTag(tag as Tag)} claims ${length} bytes, ${end - value} are left`;
      const truncated = end === this.#source.size;
      throw fail(truncated ? "DICOM_TRUNCATED" : "DICOM_BAD_LENGTH", reason, at, parent, tokens);
    }
    if (vr === SQ) this.#items(token, valueEnd, false);
    else if ((vr === UN || vr === 0) && length >= 8) this.#perhapsSequence(token, valueEnd);
    this.#close(token, valueEnd, valueEnd);
    return valueEnd;
  }

  #close(token: number, valueEnd: number, end: number): void {
    const tokens = this.tokens;
    tokens.valueEnd[token] = valueEnd;
    tokens.end[token] = end;
    tokens.next[token] = tokens.count;
  }

  /** A value that ends at a sequence delimiter: items, fragments, or (UN) items in implicit VR. */
  #undefinedLength(token: number, end: number): number {
    const tokens = this.tokens;
    const vr = tokens.vr[token]!;
    tokens.flags[token]! |= Flag.UndefinedLength;
    const pixels = tokens.tag[token] === PIXEL_DATA || vr === OB || vr === OW;
    let valueEnd: number;
    if (pixels) valueEnd = this.#fragments(token, end);
    else if (vr === UN && this.#explicit) {
      // PS3.5 6.2.2 Note 4 (CP 246): UN of undefined length holds a sequence in implicit VR little endian.
      valueEnd = this.#as(false, false, () => this.#items(token, end, true));
    } else valueEnd = this.#items(token, end, true);
    this.#close(token, valueEnd, valueEnd + 8);
    return valueEnd + 8;
  }

  #as(explicit: boolean, bigEndian: boolean, read: () => number): number {
    const before = [this.#explicit, this.#bigEndian] as const;
    [this.#explicit, this.#bigEndian] = [explicit, bigEndian];
    try {
      return read();
    } finally {
      [this.#explicit, this.#bigEndian] = before;
    }
  }

  /** Skips fragment after fragment (PS3.5 A.4); returns the offset of the sequence delimiter. */
  #fragments(token: number, end: number): number {
    this.tokens.flags[token]! |= Flag.Encapsulated;
    let at = this.tokens.value[token]!;
    for (;;) {
      if (end - at < 8)
        throw fail("DICOM_TRUNCATED", "the fragments have no delimiter", at, token, this.tokens);
      const index = this.#at(at, 8);
      const tag = this.#tag(index);
      const length = this.#u32(index + 4);
      if (tag === SEQUENCE_DELIMITER) return at;
      if (tag !== ITEM) {
        throw fail(
          "DICOM_BAD_ITEM",
          `${formatTag(tag as Tag)} where a fragment should start`,
          at,
          token,
          this.tokens,
        );
      }
      at += 8 + length;
      if (length === UNDEFINED || at > end) {
        throw fail("DICOM_TRUNCATED", `a fragment claims ${length} bytes`, at - length, token, this.tokens);
      }
    }
  }

  /** Reads the items of a sequence up to `end` or its delimiter; returns the offset behind the items. */
  #items(token: number, end: number, delimited: boolean): number {
    const tokens = this.tokens;
    if (++this.#depth > MAX_DEPTH) {
      throw fail(
        "DICOM_TOO_DEEP",
        `more than ${MAX_DEPTH} nested sequences`,
        tokens.start[token]!,
        token,
        tokens,
      );
    }
    tokens.flags[token]! |= Flag.Sequence;
    let at = tokens.value[token]!;
    while (at < end) {
      if (end - at < 8) throw fail("DICOM_TRUNCATED", "an item ends within its header", at, token, tokens);
      const index = this.#at(at, 8);
      const tag = this.#tag(index);
      if (tag === SEQUENCE_DELIMITER && delimited) {
        this.#depth--;
        return at;
      }
      if (tag !== ITEM) {
        throw fail(
          "DICOM_BAD_ITEM",
          `${formatTag(tag as Tag)} where an item should start`,
          at,
          token,
          tokens,
        );
      }
      at = this.#item(this.#u32(index + 4), at, end, token);
    }
    if (delimited) throw fail("DICOM_TRUNCATED", "the sequence delimiter is missing", at, token, tokens);
    this.#depth--;
    return at;
  }

  #item(length: number, at: number, end: number, sequence: number): number {
    const undefinedLength = length === UNDEFINED;
    const flags =
      (this.#explicit ? 0 : Flag.Implicit) |
      (this.#bigEndian ? Flag.BigEndian : 0) |
      (undefinedLength ? Flag.UndefinedLength : 0);
    const item = this.tokens.push(ITEM, 0, flags, at, at + 8, sequence);
    if (!undefinedLength && at + 8 + length > end) {
      const reason = `an item claims ${length} bytes, ${end - at - 8} are left`;
      throw fail("DICOM_BAD_LENGTH", reason, at, sequence, this.tokens);
    }
    const contentEnd = this.dataSet(
      at + 8,
      undefinedLength ? end : at + 8 + length,
      item,
      undefinedLength,
      ANY_GROUP,
    );
    const itemEnd = undefinedLength ? contentEnd + 8 : contentEnd;
    this.#close(item, contentEnd, itemEnd);
    return itemEnd;
  }

  /**
   * A value of unknown VR with a length may hold a sequence: private ones in implicit VR do, and public
   * ones whose sender did not know them. It counts as one only if it can be read whole as items.
   */
  #perhapsSequence(token: number, valueEnd: number): void {
    const tokens = this.tokens;
    const value = tokens.value[token]!;
    if (this.#tag(this.#at(value, 8)) !== ITEM) return;
    const known = isPrivate(tokens.tag[token] as Tag) ? 0 : dictionaryVrCode(tokens.tag[token] as Tag);
    if (known !== 0 && known !== SQ && known !== UN) return;
    const depth = this.#depth;
    const forms = this.#explicit ? [false, true] : [false];
    for (const explicit of forms) {
      try {
        // Big endian files swap the items of UN values no more than others do (PS3.5 6.2.2): little endian.
        const bigEndian = explicit ? this.#bigEndian : this.#bigEndian && !this.#explicit;
        if (this.#as(explicit, bigEndian, () => this.#items(token, valueEnd, false)) === valueEnd) return;
      } catch (error) {
        if (!(error instanceof ElpisError)) throw error;
      }
      this.#depth = depth;
      tokens.truncate(token + 1);
      tokens.flags[token]! &= ~Flag.Sequence;
    }
  }
}

/** An error that says where: reason, offset, and the path of enclosing elements. Never a value. */
function fail(code: ErrorCode, reason: string, offset: number, parent: number, tokens: Tokens): ElpisError {
  const path: string[] = [];
  for (let i = parent; i >= 0; i = tokens.parent[i]!) {
    if (tokens.tag[i] !== ITEM) path.unshift(formatTag(tokens.tag[i] as Tag));
  }
  const where = path.length > 0 ? ` in ${path.join(" > ")}` : "";
  return new ElpisError(code, `${reason}${where}, at offset ${offset}`);
}
