import {
  Change,
  type DataSet,
  dictionaryEntry,
  type Edits,
  elementOf,
  Flag,
  isPrivate,
  type NewElement,
  padded,
  ROOT,
  type Tag,
  Tags,
  type VR,
} from "../dicom/index.js";

/** Values longer than this are content, not identity: they are not kept for re-identification. */
const MAX_LENGTH = 65_534;
const WORD_SIZE: Partial<Record<VR, number>> = {
  AT: 2, FD: 8, FL: 4, OD: 8, OF: 4, OL: 4, OV: 8, OW: 2, SL: 4, SS: 2, SV: 8, UL: 4, US: 2, UV: 8,
}; // biome-ignore format: a table

/**
 * The elements at the top level that the edits change or remove, as they were: in explicit VR little
 * endian, whatever the data set is in, and with the character set that their text needs.
 */
export function originals(data: DataSet, edits: Edits): NewElement[] {
  const found: NewElement[] = [];
  const { next, count } = data.tokens;
  for (let token = 0; token < count; token = next[token]!) {
    if (edits.changes[token] === Change.None || elementOf(data.tagAt(token)) === 0) continue;
    // Blanked pixels are content: who must see them asks for the image itself.
    if (data.tagAt(token) === Tags.PixelData) continue;
    const element = original(data, token);
    if (element) found.push(element);
  }
  const characterSet = data.find(Tags.SpecificCharacterSet, ROOT);
  if (characterSet >= 0 && edits.changes[characterSet] === Change.None)
    found.push(original(data, characterSet)!);
  return found;
}

function original(data: DataSet, token: number): NewElement | undefined {
  const tag = data.tagAt(token);
  if (data.isSequence(token)) {
    const items = data.items(token).map((item) => originalItem(data, item));
    return { tag, vr: "SQ", value: items };
  }
  if (data.length(token) > MAX_LENGTH) return undefined;
  const vr = data.vrAt(token) ?? (isPrivate(tag) ? "UN" : (dictionaryEntry(tag)?.vr ?? "UN"));
  const bigEndian = (data.tokens.flags[token]! & Flag.BigEndian) !== 0;
  const bytes = bigEndian ? swapped(data.bytes(token), WORD_SIZE[vr] ?? 1) : data.bytes(token);
  return { tag, vr: vr === "SQ" ? "UN" : vr, value: padded(bytes, vr) };
}

function originalItem(data: DataSet, item: number): NewElement[] {
  const elements: NewElement[] = [];
  const { next } = data.tokens;
  for (let token = item + 1; token < data.after(item); token = next[token]!) {
    if (elementOf(data.tagAt(token) as Tag) === 0) continue;
    const element = original(data, token);
    if (element) elements.push(element);
  }
  return elements;
}

/** Words of `size` bytes in the other byte order. */
function swapped(bytes: Uint8Array, size: number): Uint8Array {
  if (size === 1) return bytes;
  const turned = bytes.slice();
  for (let at = 0; at + size <= turned.length; at += size) turned.subarray(at, at + size).reverse();
  return turned;
}
