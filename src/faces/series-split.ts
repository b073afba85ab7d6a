import { type DataSet, makeTag, ROOT, type Tag } from "../dicom/index.js";
import { type FrameHeader, findAnywhere, finiteNumbers, frameHeaders } from "./series-header.js";
import type { SeriesFrame } from "./series-types.js";

const tags = (...pairs: readonly (readonly [group: number, element: number])[]): readonly Tag[] =>
  pairs.map(([group, element]) => makeTag(group, element));

/** Frames that differ in one of these are never slices of one volume, wherever they lie. */
export const KINDS: readonly Tag[] = tags(
  [0x0008, 0x0008], // Image Type
  [0x0008, 0x9007], // Frame Type, of functional groups
  [0x0018, 0x1210], // Convolution Kernel
);

/** What tells frames at the same position apart, the most telling first. */
const TELLS: readonly Tag[] = tags(
  [0x0018, 0x0086], // Echo Number(s)
  [0x0018, 0x0081], // Echo Time
  [0x0018, 0x9082], // Effective Echo Time
  [0x0020, 0x0100], // Temporal Position Identifier
  [0x0020, 0x9128], // Temporal Position Index
  [0x0018, 0x9087], // Diffusion b-value
  [0x0018, 0x9075], // Diffusion Directionality
  [0x0018, 0x9089], // Diffusion Gradient Orientation
  [0x0018, 0x9257], // ASL Context
  [0x0018, 0x1060], // Trigger Time
  [0x0020, 0x9153], // Nominal Cardiac Trigger Delay Time
  [0x0020, 0x9241], // Nominal Percentage of Cardiac Phase
  [0x0054, 0x1300], // Frame Reference Time
  [0x0018, 0x0082], // Inversion Time
  [0x0018, 0x1314], // Flip Angle
  [0x0018, 0x0060], // KVP
  [0x0062, 0x000b], // Referenced Segment Number
  [0x0020, 0x9056], // Stack ID
  [0x0020, 0x0012], // Acquisition Number
  [0x0020, 0x9156], // Frame Acquisition Number
  [0x0020, 0x0013], // Instance Number
);

/** What orders the frames at one position where no value is shared between positions, as each has its own time. */
const ORDERS: readonly Tag[] = tags(
  [0x0020, 0x0100], // Temporal Position Identifier
  [0x0020, 0x9128], // Temporal Position Index
  [0x0018, 0x1060], // Trigger Time
  [0x0020, 0x9153], // Nominal Cardiac Trigger Delay Time
  [0x0054, 0x1300], // Frame Reference Time
  [0x0020, 0x0012], // Acquisition Number
  [0x0018, 0x9074], // Frame Acquisition DateTime
  [0x0008, 0x0032], // Acquisition Time
  [0x0020, 0x0013], // Instance Number
);

const DIMENSION_INDEX_SEQUENCE = makeTag(0x0020, 0x9222);
const DIMENSION_INDEX_POINTER = makeTag(0x0020, 0x9165);
const DIMENSION_INDEX_VALUES = makeTag(0x0020, 0x9157);
/** Image Position (Patient) and In-Stack Position Number, as AT. */
const POSITIONS: ReadonlySet<number> = new Set([0x00200032, 0x00209057]);

/** What a frame says of an attribute, as it stands there; "" where it says nothing. */
export function said(header: FrameHeader, tag: Tag): string {
  const token = findAnywhere(header, tag);
  if (token < 0) return "";
  const { data } = header;
  const bytes = data.bytes(token);
  const isText = /^(CS|SH|LO|DS|IS|TM|DT|UI|ST|DA)$/.test(data.vrAt(token) ?? "");
  return isText ? data.text(token).replace(/\s+/g, " ") : bytes.join(" ");
}

/** Headers of frames, each file's functional groups looked up once. */
export function headersOf(): (frame: SeriesFrame) => FrameHeader {
  const known = new Map<DataSet, ReturnType<typeof frameHeaders>>();
  return ({ file: { data }, frame }) => {
    let headers = known.get(data);
    if (!headers) known.set(data, (headers = frameHeaders(data)));
    return headers.at(frame);
  };
}

/**
 * Parts frames of one grid into volumes, so that each has a position once. `place` numbers the position of a frame.
 * Where nothing tells frames at one position apart they stay together. Frames keep their order.
 */
export function volumesAmong(
  frames: readonly SeriesFrame[],
  place: (frame: SeriesFrame) => number,
  inPlane: (frame: SeriesFrame) => string,
): readonly (readonly SeriesFrame[])[] {
  if (surplus(frames, place) === 0) return [frames];
  const headerOf = headersOf();
  const tells = [
    inPlane,
    ...TELLS.map((tag) => (frame: SeriesFrame) => said(headerOf(frame), tag)),
    (frame: SeriesFrame) => dimensionsOf(headerOf(frame)),
  ];
  const parts = partedByValue(frames, place, tells);
  return parts.flatMap((part) => partedByOrder(part, place, (frame, tag) => said(headerOf(frame), tag)));
}

/** Frames beyond the first at their position. */
function surplus(frames: readonly SeriesFrame[], place: (frame: SeriesFrame) => number): number {
  return frames.length - new Set(frames.map(place)).size;
}

/**
 * Parts by the value that leaves fewest frames at the position of another and makes fewest parts, and goes on with
 * those. A value that each slice has for itself, such as a time, would make as many parts as frames: it never wins.
 */
function partedByValue(
  frames: readonly SeriesFrame[],
  place: (frame: SeriesFrame) => number,
  tells: readonly ((frame: SeriesFrame) => string)[],
): readonly (readonly SeriesFrame[])[] {
  const whole = surplus(frames, place);
  if (whole === 0) return [frames];
  let best: readonly (readonly SeriesFrame[])[] = [frames];
  let least = whole + 1;
  for (const tell of tells) {
    const parts = groupBy(frames, tell);
    if (parts.length === 1 || parts.length >= least) continue;
    const cost = parts.reduce((sum, part) => sum + surplus(part, place), parts.length);
    if (cost < least) [best, least] = [parts, cost];
  }
  return best.length === 1 ? best : best.flatMap((part) => partedByValue(part, place, tells));
}

/**
 * The first frame of each position, the second …, by the first attribute that orders all of them. Only where most
 * positions have several: else a slice was sent twice.
 */
function partedByOrder(
  frames: readonly SeriesFrame[],
  place: (frame: SeriesFrame) => number,
  value: (frame: SeriesFrame, tag: Tag) => string,
): readonly (readonly SeriesFrame[])[] {
  const places = groupBy(frames, place);
  const crowded = places.filter((those) => those.length > 1);
  if (crowded.length === 0 || 2 * crowded.length < places.length) return [frames];
  for (const tag of ORDERS) {
    const values = new Map(frames.map((frame) => [frame, value(frame, tag)]));
    const isOrder = crowded.every(
      (those) => new Set(those.map((frame) => values.get(frame))).size === those.length,
    );
    if (!isOrder) continue;
    const volumes: SeriesFrame[][] = [];
    for (const those of places) {
      const ranked = those.toSorted((a, b) => compare(values.get(a)!, values.get(b)!));
      for (const [rank, frame] of ranked.entries()) (volumes[rank] ??= []).push(frame);
    }
    return volumes;
  }
  return [frames];
}

/** As numbers where both are, else as text. */
function compare(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (difference !== 0 && !Number.isNaN(difference)) return difference;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Dimension Index Values but those that are positions (PS3.3 C.7.6.17): "" where the file has none. */
function dimensionsOf(header: FrameHeader): string {
  const { data } = header;
  const sequence = data.find(DIMENSION_INDEX_SEQUENCE, ROOT);
  const values = findAnywhere(header, DIMENSION_INDEX_VALUES);
  if (sequence < 0 || values < 0) return "";
  const indices = finiteNumbers(data, values);
  return data
    .items(sequence)
    .map((item, i) => {
      const pointer = data.find(DIMENSION_INDEX_POINTER, item);
      return pointer >= 0 && POSITIONS.has(finiteNumbers(data, pointer)[0] ?? 0) ? "" : (indices[i] ?? "");
    })
    .join(" ");
}

export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): T[][] {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}
