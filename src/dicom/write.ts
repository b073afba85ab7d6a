import { ElpisError } from "../base/index.js";
import { type DataSet, ROOT } from "./dataset.js";
import { Change, checkLength, type Edits, type NewElement, type StreamedValue } from "./edit.js";
import type { DicomFile } from "./file.js";
import { deflateParts } from "./inflate.js";
import type { OutputPart } from "./source.js";
import { makeTag, type Tag } from "./tag.js";
import { type Encoding, EXPLICIT_LITTLE } from "./tokenise.js";
import { Flag, ITEM, SEQUENCE_DELIMITER } from "./tokens.js";
import { LONG_HEADER, vrCode } from "./vr.js";

/** Runs of the input at least this long are passed on; shorter ones are copied together. */
const PASS_ON = 32_768;
const PIECE = 16_384;
/** The same for ranges among streamed parts, of which there may be as many as frames. */
const PASS_ON_STREAMED = 1024;
/** PS3.5 7.1. */
const UNDEFINED_LENGTH = 0xffffffff;
const LONGEST = 0xfffffffe;

/**
 * The file with its edits, in order. Untouched runs are the input's own bytes; only elements that were
 * edited, and the lengths of sequences around them, are written anew. Bytes behind the last element stay
 * when `keepTrailing` says so.
 */
export function writeFile(
  file: DicomFile,
  edits: { readonly meta?: Edits; readonly data?: Edits } = {},
  keepTrailing = true,
): OutputPart[] {
  const sink = new Sink(file.meta);
  sink.copy(0, file.headLength);
  sink.dataSet(file.meta, edits.meta, encodingOfFirst(file.meta));
  const unchanged = !edits.data || edits.data.isEmpty;
  if (file.deflated && unchanged) {
    sink.copy(endOfElements(file.meta, file.headLength), file.source.size);
    return sink.parts();
  }
  return [...sink.parts(), ...writeDataSet(file, edits.data, keepTrailing)];
}

/** Encoding of file meta information: explicit VR little endian, but for writers that broke PS3.10 7.1. */
function encodingOfFirst(data: DataSet): Encoding {
  return data.tokens.count > 0 ? encodingOf(data.tokens.flags[0]!) : EXPLICIT_LITTLE;
}

/** Offset behind the last element at the root; `start` where there is none. */
function endOfElements(data: DataSet, start: number): number {
  const { count, end, next } = data.tokens;
  let at = start;
  for (let i = 0; i < count; i = next[i]!) at = end[i]!;
  return at;
}

/** The data set alone, deflated again where the transfer syntax says so. */
export function writeDataSet(file: DicomFile, edits: Edits | undefined, keepTrailing: boolean): OutputPart[] {
  const sink = new Sink(file.data);
  sink.dataSet(file.data, edits, file.encoding);
  if (keepTrailing) sink.copy(file.dataEnd, file.data.source.size);
  return file.deflated ? deflateParts(sink.parts()) : sink.parts();
}

/** Elements as bytes, for file meta information and inserted sequences. Tags in ascending order. */
export function encodeElements(elements: readonly NewElement[], encoding: Encoding): Uint8Array {
  const bytes = new Uint8Array(
    elements.reduce((sum, element) => sum + encodedLength(element, encoding.explicit), 0),
  );
  const writer = new ElementWriter(bytes, encoding);
  for (const element of elements) writer.element(element);
  return bytes;
}

/** Header and value of an element; sequences and their items get defined lengths. */
export function encodedLength(element: NewElement, explicit: boolean): number {
  const header = explicit && LONG_HEADER.has(element.vr) ? 12 : 8;
  return header + valueLength(element, explicit);
}

function valueLength(element: NewElement, explicit: boolean): number {
  if (element.value instanceof Uint8Array) return element.value.length;
  let length = 0;
  for (const item of element.value) {
    length += 8;
    for (const inner of item) length += encodedLength(inner, explicit);
  }
  return length;
}

class ElementWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #explicit: boolean;
  readonly #little: boolean;
  at: number;

  constructor(bytes: Uint8Array, encoding: Encoding, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#explicit = encoding.explicit;
    this.#little = !encoding.bigEndian;
    this.at = at;
  }

  element(element: NewElement): void {
    const length = valueLength(element, this.#explicit);
    this.header(element.tag, this.#explicit ? vrCode(element.vr) : 0, length, LONG_HEADER.has(element.vr));
    checkLength(element, length, !this.#explicit || LONG_HEADER.has(element.vr));
    if (element.value instanceof Uint8Array) {
      this.#bytes.set(element.value, this.at);
      this.at += length;
      return;
    }
    for (const item of element.value) {
      const itemLength = item.reduce((sum, inner) => sum + encodedLength(inner, this.#explicit), 0);
      this.header(ITEM, 0, itemLength, true);
      for (const inner of item) this.element(inner);
    }
  }

  /** `vr` 0 writes tag and 32-bit length alone: implicit VR, and items in any encoding. */
  header(tag: number, vr: number, length: number, long: boolean): void {
    const view = this.#view;
    view.setUint16(this.at, tag >>> 16, this.#little);
    view.setUint16(this.at + 2, tag & 0xffff, this.#little);
    if (vr === 0) {
      view.setUint32(this.at + 4, length, this.#little);
      this.at += 8;
      return;
    }
    view.setUint16(this.at + 4, vr, false);
    if (!long) {
      view.setUint16(this.at + 6, length, this.#little);
      this.at += 8;
      return;
    }
    view.setUint16(this.at + 6, 0);
    view.setUint32(this.at + 8, length, this.#little);
    this.at += 12;
  }
}

/** Gathers output: short runs are copied together into pieces, long ones are passed on as they are. */
class Sink {
  readonly #data: DataSet;
  readonly #parts: OutputPart[] = [];
  #piece = new Uint8Array(0);
  #used = 0;
  #runStart = 0;
  #runEnd = 0;

  constructor(data: DataSet) {
    this.#data = data;
  }

  parts(): OutputPart[] {
    this.#flushRun();
    this.#flushPiece();
    return this.#parts;
  }

  /** Copies [start, end) of the input; a run that goes on where the last one ended becomes one with it. */
  copy(start: number, end: number): void {
    if (start >= end) return;
    if (start !== this.#runEnd || this.#runStart === this.#runEnd) {
      this.#flushRun();
      this.#runStart = start;
    }
    this.#runEnd = end;
  }

  #flushRun(): void {
    const [start, end] = [this.#runStart, this.#runEnd];
    this.#runStart = this.#runEnd = 0;
    if (start === end) return;
    if (end - start >= PASS_ON) {
      this.#flushPiece();
      this.#parts.push({ source: this.#data.source, start, end });
      return;
    }
    const length = end - start;
    this.#room(length).set(this.#data.source.read(start, length), this.#used);
    this.#used += length;
  }

  #flushPiece(): void {
    if (this.#used === 0) return;
    this.#parts.push(this.#piece.subarray(0, this.#used));
    this.#piece = this.#piece.subarray(this.#used);
    this.#used = 0;
  }

  /** The piece, with room for `length` more bytes from `#used` on. */
  #room(length: number): Uint8Array {
    if (this.#used + length > this.#piece.length) {
      this.#flushPiece();
      this.#piece = new Uint8Array(Math.max(length, PIECE));
    }
    return this.#piece;
  }

  #write(length: number, encoding: Encoding, write: (writer: ElementWriter) => void): void {
    this.#flushRun();
    write(new ElementWriter(this.#room(length), encoding, this.#used));
    this.#used += length;
  }

  insert(element: NewElement, encoding: Encoding): void {
    this.#write(encodedLength(element, encoding.explicit), encoding, (writer) => writer.element(element));
  }

  /** An element whose value comes in parts; a delimiter ends one of undefined length. */
  stream(tag: Tag, { vr, parts, length }: StreamedValue, encoding: Encoding): void {
    const code = encoding.explicit ? vrCode(vr) : 0;
    this.#write(encoding.explicit ? 12 : 8, encoding, (writer) =>
      writer.header(tag, code, length ?? UNDEFINED_LENGTH, true),
    );
    for (const part of parts) {
      if (part instanceof Uint8Array && part.length < PASS_ON_STREAMED) this.#bytes(part);
      else if ("source" in part && part.end - part.start < PASS_ON_STREAMED)
        this.#bytes(part.source.read(part.start, part.end - part.start));
      else this.#pass(part);
    }
    if (length !== undefined) return;
    this.#write(8, encoding, (writer) => writer.header(SEQUENCE_DELIMITER, 0, 0, true));
  }

  #bytes(bytes: Uint8Array): void {
    this.#flushRun();
    this.#room(bytes.length).set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #pass(part: OutputPart): void {
    this.#flushRun();
    this.#flushPiece();
    this.#parts.push(part);
  }

  /** A whole data set. `encoding` is that of elements inserted at the root. */
  dataSet(data: DataSet, edits: Edits | undefined, encoding: Encoding): void {
    const { tokens } = data;
    if (!edits || edits.isEmpty) {
      if (tokens.count > 0) this.copy(tokens.start[0]!, endOfElements(data, 0));
      return;
    }
    refreshGroupLength(data, edits, encoding);
    const lengths = new Map<number, number>();
    measure(edits, ROOT, encoding, lengths);
    this.#siblings(edits, ROOT, encoding, lengths);
  }

  #siblings(edits: Edits, item: number, encoding: Encoding, lengths: ReadonlyMap<number, number>): void {
    const { tokens } = edits.data;
    const inserted = edits.insertions.get(item);
    const after = edits.data.after(item);
    let at = 0;
    for (let i = item + 1; i < after; i = tokens.next[i]!) {
      if (inserted) {
        while (at < inserted.length && inserted[at]!.tag < tokens.tag[i]!)
          this.insert(inserted[at++]!, encoding);
      }
      const change = edits.changes[i]!;
      if (change === Change.None) this.copy(tokens.start[i]!, tokens.end[i]!);
      else if (change === Change.Replace) {
        const stream = edits.streams.get(i);
        if (stream) this.stream(edits.data.tagAt(i), stream, encodingOf(tokens.flags[i]!));
        else this.insert(edits.replacements.get(i)!, encodingOf(tokens.flags[i]!));
      } else if (change === Change.Dirty) this.#container(edits, i, lengths);
    }
    if (inserted) while (at < inserted.length) this.insert(inserted[at++]!, encoding);
  }

  /** A sequence or item with a change inside: its header with the new length, its content, its delimiter. */
  #container(edits: Edits, token: number, lengths: ReadonlyMap<number, number>): void {
    const { tokens } = edits.data;
    const flags = tokens.flags[token]!;
    if (flags & Flag.UndefinedLength) this.copy(tokens.start[token]!, tokens.value[token]!);
    else {
      const vr = flags & Flag.Implicit || tokens.tag[token] === ITEM ? 0 : tokens.vr[token]!;
      const header = tokens.value[token]! - tokens.start[token]!;
      this.#write(header, encodingOf(flags), (writer) =>
        writer.header(tokens.tag[token]!, vr, lengths.get(token)!, header === 12),
      );
    }
    this.#siblings(edits, token, encodingOf(flags), lengths);
    if (flags & Flag.UndefinedLength) this.copy(tokens.valueEnd[token]!, tokens.end[token]!);
  }
}

function encodingOf(flags: number): Encoding {
  return { explicit: (flags & Flag.Implicit) === 0, bigEndian: (flags & Flag.BigEndian) !== 0 };
}

/** New length of the content of every dirty container, by token; returns that of `item` itself. */
function measure(edits: Edits, item: number, encoding: Encoding, lengths: Map<number, number>): number {
  const { tokens } = edits.data;
  let length = 0;
  const after = edits.data.after(item);
  for (let i = item + 1; i < after; i = tokens.next[i]!) {
    const change = edits.changes[i]!;
    if (change === Change.None) length += tokens.end[i]! - tokens.start[i]!;
    else if (change === Change.Replace && edits.streams.has(i))
      continue; // At the root, of which nobody asks the length.
    else if (change === Change.Replace) {
      length += encodedLength(edits.replacements.get(i)!, (tokens.flags[i]! & Flag.Implicit) === 0);
    } else if (change === Change.Dirty) {
      const content = measure(edits, i, encodingOf(tokens.flags[i]!), lengths);
      if (content > LONGEST && !(tokens.flags[i]! & Flag.UndefinedLength)) {
        const where = edits.data.path(i);
        throw new ElpisError(
          "DICOM_BAD_EDIT",
          `${where}: ${content} bytes do not fit behind a 32-bit length`,
        );
      }
      lengths.set(i, content);
      length += tokens.value[i]! - tokens.start[i]! + content + (tokens.end[i]! - tokens.valueEnd[i]!);
    }
  }
  for (const element of edits.insertions.get(item) ?? []) length += encodedLength(element, encoding.explicit);
  return length;
}

/** File Meta Information Group Length (0002,0000) follows the edits; of no other group is it kept right. */
function refreshGroupLength(data: DataSet, edits: Edits, encoding: Encoding): void {
  const token = data.find(makeTag(0x0002, 0x0000));
  if (token < 0) return;
  edits.replace(token, "UL", new Uint8Array(4));
  const own = encodedLength(edits.replacements.get(token)!, encoding.explicit);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, measure(edits, ROOT, encoding, new Map()) - own, true);
  edits.replace(token, "UL", length);
}
