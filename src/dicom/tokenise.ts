import { ElpisError, type ErrorCode } from "../base/index.js";
import { dictionaryVrCode } from "./dictionary.js";
import type { ByteSource } from "./source.js";
import { formatTag, isPrivate, type Tag } from "./tag.js";
import { Flag, ITEM, ITEM_DELIMITER, SEQUENCE_DELIMITER, Tokens } from "./tokens.js";
import { LONG_HEADER, VALUE_REPRESENTATIONS, vrCode } from "./vr.js";
import { ByteWindow } from "./window.js";

/** How a data set is encoded (PS3.5 Annex A). */
export interface Encoding {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

export const IMPLICIT_LITTLE: Encoding = { explicit: false, bigEndian: false };
export const EXPLICIT_LITTLE: Encoding = { explicit: true, bigEndian: false };

/** Deeper nesting than any real object has: a reader that recurses must end somewhere. */
const MAX_DEPTH = 64;
/** 65 MB of columns; enough for a slide of 170,000 sparse tiles, with a dozen tokens each. */
export const MAX_TOKENS = 1 << 21;
const UNDEFINED = 0xffffffff;
/** As `onlyGroup` of `tokenise`: the whole data set. */
export const ANY_GROUP = -1;
const PIXEL_DATA = 0x7fe00010;
const FIRST_ITEM_TAG = 0xfffe0000;
const [SQ, UN, OB, OW] = [vrCode("SQ"), vrCode("UN"), vrCode("OB"), vrCode("OW")];

/** 0: no VR; 1: 16-bit length; 2: two reserved bytes, then 32-bit length. By VR code. */
const HEADER_FORM = (() => {
  const form = new Uint8Array(65_536);
  for (const vr of VALUE_REPRESENTATIONS) form[vrCode(vr)] = LONG_HEADER.has(vr) ? 2 : 1;
  return form;
})();

/** Thrown while a value is only tried as a sequence; made once, because files may have a million such values. */
const NOT_A_SEQUENCE = new Error("not a sequence");

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
  /** True when an item claims to be longer than its sequence, whose end was taken for the item's. */
  readonly itemOverrun: boolean;
}

/**
 * Finds every element and item of a data set in [start, end) of a source without decoding any value.
 * `onlyGroup` stops before the first element of any other group (file meta information ends so).
 * More elements than `maxTokens` are refused.
 * At the top level zeros behind the last element are left over, not an error: many files are padded.
 * Throws DICOM_* errors that name tag, offset and reason.
 */
export function tokenise(
  source: ByteSource,
  start: number,
  end: number,
  encoding: Encoding,
  onlyGroup = ANY_GROUP,
  maxTokens = MAX_TOKENS,
): Tokenised {
  const tokens = onlyGroup === ANY_GROUP ? new Tokens(source.size) : new Tokens(source.size, 16);
  const reader = new Tokeniser(source, tokens, encoding, start, maxTokens);
  const stopped = reader.elements(start, end, -1, false, onlyGroup);
  return { tokens, end: stopped, itemOverrun: reader.itemOverrun };
}

class Tokeniser extends ByteWindow {
  itemOverrun = false;
  readonly #tokens: Tokens;
  readonly #maxTokens: number;
  #explicit: boolean;
  #depth = 0;
  /** How many attempts to read a value as a sequence enclose the current one. */
  #attempts = 0;
  /** Tokens of attempts that failed: they took time, though they left nothing. */
  #wasted = 0;

  constructor(source: ByteSource, tokens: Tokens, encoding: Encoding, start: number, maxTokens: number) {
    super(source, encoding.bigEndian, start);
    this.#tokens = tokens;
    this.#maxTokens = maxTokens;
    this.#explicit = encoding.explicit;
  }

  /**
   * Reads elements until `end`, until an item delimiter (`delimited`), or until a group other than
   * `onlyGroup`; returns the offset at which it stopped. A delimiter itself is left to the caller.
   * Most elements are plain: this loop is where the time goes, so it calls nothing for them.
   */
  elements(start: number, end: number, parent: number, delimited: boolean, onlyGroup = ANY_GROUP): number {
    const tokens = this.#tokens;
    const explicit = this.#explicit;
    const flags = (explicit ? 0 : Flag.Implicit) | (this.bigEndian ? Flag.BigEndian : 0);
    let at = start;
    while (at < end) {
      if (end - at < 8) return this.#leftOver(at, end, parent, delimited, onlyGroup);
      const index = this.at(at);
      const tag = this.tag(index);
      if (tag === 0 || tag >= FIRST_ITEM_TAG || (onlyGroup !== ANY_GROUP && tag >>> 16 !== onlyGroup)) {
        if (this.#stops(tag, at, end, parent, delimited, onlyGroup)) return at;
      }
      let value = at + 8;
      let vr: number;
      let length: number;
      if (explicit) {
        vr = (this.buffer[index + 4]! << 8) | this.buffer[index + 5]!;
        const form = HEADER_FORM[vr]!;
        if (form === 1) length = this.u16(index + 6);
        else {
          this.#checkLongHeader(tag, vr, form, at, end, parent);
          length = this.u32(index + 8);
          value = at + 12;
        }
      } else {
        vr = dictionaryVrCode(tag as Tag);
        length = this.u32(index + 4);
      }
      const token = tokens.count;
      if (token === tokens.capacity) this.#grow(at, parent);
      tokens.count = token + 1;
      tokens.tag[token] = tag;
      tokens.vr[token] = vr;
      tokens.flags[token] = flags;
      tokens.start[token] = at;
      tokens.value[token] = value;
      tokens.parent[token] = parent;
      if (length === UNDEFINED) {
        at = this.#undefinedLength(token, end);
        continue;
      }
      at = value + length;
      if (at > end) throw this.#tooLong(tag, length, tokens.start[token]!, value, end, parent);
      if (vr === SQ || vr === UN || vr === 0) this.#nested(token, vr, at);
      tokens.valueEnd[token] = at;
      tokens.end[token] = at;
      tokens.next[token] = tokens.count;
    }
    if (delimited) throw this.#fail("DICOM_TRUNCATED", "the item delimiter is missing", at, parent);
    return at;
  }

  /** Fewer than eight bytes at the end: padding of zeros at the top level, else an element cut short. */
  #leftOver(at: number, end: number, parent: number, delimited: boolean, onlyGroup: number): number {
    if (onlyGroup !== ANY_GROUP) return at;
    if (parent < 0 && !delimited && this.isZero(at, end)) return at;
    const reason = `${end - at} bytes left where an element should start`;
    throw this.#fail("DICOM_TRUNCATED", reason, at, parent);
  }

  /** True where the data set ends before `tag`; throws for an item tag where an element should start. */
  #stops(
    tag: number,
    at: number,
    end: number,
    parent: number,
    delimited: boolean,
    onlyGroup: number,
  ): boolean {
    if (tag === ITEM_DELIMITER && delimited) return true;
    if (onlyGroup !== ANY_GROUP && tag >>> 16 !== onlyGroup) return true;
    if (tag === 0 && parent < 0 && this.isZero(at, end)) return true;
    if (tag >>> 16 !== 0xfffe) return false;
    const reason = `${formatTag(tag as Tag)} where an element should start`;
    throw this.#fail("DICOM_BAD_ITEM", reason, at, parent);
  }

  /** A VR of a later edition has the long header (PS3.5 6.2); anything but letters is no VR. */
  #checkLongHeader(tag: number, vr: number, form: number, at: number, end: number, parent: number): void {
    if (form === 0 && !looksLikeVr(vr)) {
      throw this.#fail("DICOM_BAD_VR", `${formatTag(tag as Tag)} has no valid VR`, at, parent);
    }
    if (end - at < 12) {
      throw this.#fail("DICOM_TRUNCATED", `${formatTag(tag as Tag)} ends within its header`, at, parent);
    }
  }

  #grow(at: number, parent: number): void {
    const { capacity } = this.#tokens;
    if (capacity >= this.#maxTokens) {
      throw this.#refusal("DICOM_TOO_MANY_ELEMENTS", `more than ${capacity} elements`, at, parent);
    }
    this.#tokens.grow(this.#maxTokens);
  }

  /** Reads what a value of defined length encloses, where its VR is SQ or leaves that open. */
  #nested(token: number, vr: number, valueEnd: number): void {
    if (vr === SQ) this.#items(token, valueEnd, false);
    else if (valueEnd - this.#tokens.value[token]! >= 8) this.#perhapsSequence(token, valueEnd);
  }

  #close(token: number, valueEnd: number, end: number): void {
    const tokens = this.#tokens;
    tokens.valueEnd[token] = valueEnd;
    tokens.end[token] = end;
    tokens.next[token] = tokens.count;
  }

  /**
   * A value that ends at a sequence delimiter: items, fragments, or (UN) items in implicit VR.
   * Returns the offset behind the delimiter.
   */
  #undefinedLength(token: number, end: number): number {
    const tokens = this.#tokens;
    const vr = tokens.vr[token]!;
    tokens.flags[token]! |= Flag.UndefinedLength;
    let valueEnd: number;
    if (tokens.tag[token] === PIXEL_DATA || vr === OB || vr === OW) valueEnd = this.#fragments(token, end);
    else if (vr === UN && this.#explicit) valueEnd = this.#unknownSequence(token, end);
    else valueEnd = this.#items(token, end, true);
    this.#close(token, valueEnd, valueEnd + 8);
    return valueEnd + 8;
  }

  /**
   * UN of undefined length holds a sequence in implicit VR little endian (PS3.5 6.2.2 Note 4); some writers
   * only change the VR and leave the items as they were.
   */
  #unknownSequence(token: number, end: number): number {
    const implicit = () => this.#as(false, false, () => this.#items(token, end, true));
    const asWritten = () => this.#items(token, end, true);
    const valueEnd = this.#attempt(token, implicit) ?? this.#attempt(token, asWritten);
    return valueEnd ?? implicit();
  }

  #as<T>(explicit: boolean, bigEndian: boolean, read: () => T): T {
    const [explicitBefore, bigEndianBefore] = [this.#explicit, this.bigEndian];
    this.#explicit = explicit;
    this.bigEndian = bigEndian;
    try {
      return read();
    } finally {
      this.#explicit = explicitBefore;
      this.bigEndian = bigEndianBefore;
    }
  }

  /** What `read` returns, or undefined, with nothing changed, when the value is no such sequence. */
  #attempt(token: number, read: () => number): number | undefined {
    const tokens = this.#tokens;
    const depth = this.#depth;
    this.#attempts++;
    try {
      return read();
    } catch (error) {
      if (error !== NOT_A_SEQUENCE) throw error;
      this.#wasted += tokens.count - token;
      if (this.#wasted > this.#maxTokens) {
        const reason = "too many values that look like sequences and are none";
        throw this.#refusal("DICOM_TOO_MANY_ELEMENTS", reason, tokens.start[token]!, token);
      }
      this.#depth = depth;
      tokens.truncate(token + 1);
      tokens.flags[token]! &= ~Flag.Sequence;
      return undefined;
    } finally {
      this.#attempts--;
    }
  }

  /** Skips fragment after fragment (PS3.5 A.4); returns the offset of the sequence delimiter. */
  #fragments(token: number, end: number): number {
    this.#tokens.flags[token]! |= Flag.Encapsulated;
    let at = this.#tokens.value[token]!;
    for (;;) {
      if (end - at < 8) throw this.#fail("DICOM_TRUNCATED", "the fragments have no delimiter", at, token);
      const index = this.at(at);
      const tag = this.tag(index);
      if (tag === SEQUENCE_DELIMITER) return at;
      if (tag !== ITEM) {
        const reason = `${formatTag(tag as Tag)} where a fragment should start`;
        throw this.#fail("DICOM_BAD_ITEM", reason, at, token);
      }
      const length = this.u32(index + 4);
      if (length === UNDEFINED)
        throw this.#fail("DICOM_BAD_LENGTH", "a fragment of undefined length", at, token);
      if (at + 8 + length > end) {
        const reason = `a fragment claims ${length} bytes, ${end - at - 8} are left`;
        throw this.#fail("DICOM_TRUNCATED", reason, at, token);
      }
      at += 8 + length;
    }
  }

  /** Reads the items of a sequence up to `end` or its delimiter; returns the offset behind the items. */
  #items(token: number, end: number, delimited: boolean): number {
    const tokens = this.#tokens;
    if (++this.#depth > MAX_DEPTH) {
      const reason = `more than ${MAX_DEPTH} nested sequences`;
      throw this.#refusal("DICOM_TOO_DEEP", reason, tokens.start[token]!, token);
    }
    tokens.flags[token]! |= Flag.Sequence;
    let at = tokens.value[token]!;
    while (at < end) {
      if (end - at < 8) throw this.#fail("DICOM_TRUNCATED", "an item ends within its header", at, token);
      const index = this.at(at);
      const tag = this.tag(index);
      if (tag === SEQUENCE_DELIMITER && delimited) {
        this.#depth--;
        return at;
      }
      if (tag !== ITEM) {
        const reason = `${formatTag(tag as Tag)} where an item should start`;
        throw this.#fail("DICOM_BAD_ITEM", reason, at, token);
      }
      at = this.#item(this.u32(index + 4), at, end, token, delimited);
    }
    if (delimited) throw this.#fail("DICOM_TRUNCATED", "the sequence delimiter is missing", at, token);
    this.#depth--;
    return at;
  }

  #item(length: number, at: number, end: number, sequence: number, delimitedSequence: boolean): number {
    const tokens = this.#tokens;
    const delimited = length === UNDEFINED;
    const flags =
      (this.#explicit ? 0 : Flag.Implicit) |
      (this.bigEndian ? Flag.BigEndian : 0) |
      (delimited ? Flag.UndefinedLength : 0);
    if (tokens.count === tokens.capacity) this.#grow(at, sequence);
    const item = tokens.push(ITEM, 0, flags, at, at + 8, sequence);
    let contentEnd = delimited ? end : at + 8 + length;
    if (contentEnd > end) {
      // Writers that strip elements forget the item's length, and get that of the sequence right.
      if (delimitedSequence || this.#attempts > 0) {
        const reason = `an item claims ${length} bytes, ${end - at - 8} are left`;
        throw this.#fail("DICOM_BAD_LENGTH", reason, at, sequence);
      }
      this.itemOverrun = true;
      contentEnd = end;
    }
    const stopped = this.elements(at + 8, contentEnd, item, delimited);
    const itemEnd = delimited ? stopped + 8 : stopped;
    this.#close(item, stopped, itemEnd);
    return itemEnd;
  }

  /**
   * A value of unknown VR with a length may hold a sequence: private ones in implicit VR do, and public
   * ones whose sender did not know them. It counts as one only if it can be read whole as items: in implicit
   * VR little endian, as PS3.5 6.2.2 has it for UN, or in the encoding around it.
   */
  #perhapsSequence(token: number, valueEnd: number): void {
    const tokens = this.#tokens;
    const tag = tokens.tag[token] as Tag;
    const value = tokens.value[token]!;
    const startsWithItem = () => {
      const index = this.at(value);
      const length = this.u32(index + 4);
      return this.tag(index) === ITEM && (length === UNDEFINED || length <= valueEnd - value - 8);
    };
    const known = isPrivate(tag) ? 0 : dictionaryVrCode(tag);
    if (known !== 0 && known !== SQ && known !== UN) return;
    const items = () => this.#items(token, valueEnd, false);
    const asUnknown = () => this.#as(false, false, items);
    if (this.#as(false, false, startsWithItem) && this.#attempt(token, asUnknown) !== undefined) return;
    if ((this.#explicit || this.bigEndian) && startsWithItem()) this.#attempt(token, items);
  }

  #tooLong(tag: number, length: number, at: number, value: number, end: number, parent: number): Error {
    const reason = `${formatTag(tag as Tag)} claims ${length} bytes, ${end - value} are left`;
    return this.#fail(end === this.source.size ? "DICOM_TRUNCATED" : "DICOM_BAD_LENGTH", reason, at, parent);
  }

  /** What is wrong here: in an attempt no more than that it failed. */
  #fail(code: ErrorCode, reason: string, offset: number, parent: number): Error {
    return this.#attempts > 0 ? NOT_A_SEQUENCE : this.#refusal(code, reason, offset, parent);
  }

  /** An error that says where: reason, offset, and the path of enclosing elements. Never a value. */
  #refusal(code: ErrorCode, reason: string, offset: number, parent: number): ElpisError {
    const tokens = this.#tokens;
    const path: string[] = [];
    for (let i = parent; i >= 0; i = tokens.parent[i]!) {
      if (tokens.tag[i] !== ITEM) path.unshift(formatTag(tokens.tag[i] as Tag));
    }
    const where = path.length > 0 ? ` in ${path.join(" > ")}` : "";
    return new ElpisError(code, `${reason}${where}, at offset ${offset}`);
  }
}
