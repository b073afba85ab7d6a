import { type DataSet, dictionaryEntry, numbersOf, ROOT, type Tag, Tags } from "../dicom/index.js";

/**
 * Where attributes of a frame stand, in the order in which they count: the frame's functional groups, those of all
 * frames, the data set itself (PS3.3 C.7.6.16).
 */
export interface FrameHeader {
  readonly data: DataSet;
  /** Item tokens of functional groups. */
  readonly groups: readonly number[];
}

/** The headers of a file's frames. Of a file without groups of its own for each frame, all frames have the same. */
export function frameHeaders(data: DataSet): { readonly count: number; at(frame: number): FrameHeader } {
  const shared = itemsAt(data, Tags.SharedFunctionalGroupsSequence).slice(0, 1);
  const own = itemsAt(data, Tags.PerFrameFunctionalGroupsSequence);
  return {
    count: own.length,
    at: (frame) => ({ data, groups: own[frame] === undefined ? shared : [own[frame], ...shared] }),
  };
}

function itemsAt(data: DataSet, tag: Tag): readonly number[] {
  const token = data.find(tag);
  return token < 0 ? [] : data.items(token);
}

/** The token of `tag` in the item of a functional group macro, or, of a classic image, at the root; -1 for none. */
export function findInMacro({ data, groups }: FrameHeader, macro: Tag, tag: Tag): number {
  for (const group of groups) {
    const sequence = data.find(macro, group);
    const item = sequence < 0 ? undefined : data.items(sequence)[0];
    if (item !== undefined) return data.find(tag, item);
  }
  return data.find(tag, ROOT);
}

/** The first token of `tag` anywhere in a functional group, or directly in the data set; -1 for none. */
export function findAnywhere({ data, groups }: FrameHeader, tag: Tag): number {
  const { tag: tags } = data.tokens;
  for (const group of groups) {
    const after = data.after(group);
    for (let i = group + 1; i < after; i++) if (tags[i] === tag) return i;
  }
  return data.find(tag, ROOT);
}

/**
 * The numbers of an element: as many as there are values, NaN for one that is none. A known attribute may stand there
 * as UN, its numbers as text.
 */
export function finiteNumbers(data: DataSet, token: number): number[] {
  const told = data.vrAt(token);
  const vr = told === undefined || told === "UN" ? dictionaryEntry(data.tagAt(token))?.vr : told;
  if (vr !== "DS" && vr !== "IS") return numbersOf(data, token, vr);
  return data.strings(token, vr).map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
}
