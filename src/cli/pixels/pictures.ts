import type { DicomFile } from "../../dicom/index.js";
import {
  type BlankedBox,
  besideEachOther,
  blank,
  type Display,
  displayOf,
  type Frame,
  type FrameFindings,
  type Frames,
  framesOf,
  GREEN,
  heatPicture,
  ORANGE,
  type Outline,
  type Picture,
  SKY_BLUE,
  type TextFinder,
  TILE,
  textHeat,
  toRgba,
} from "../../pixels/index.js";
import { type LegendEntry, legendStrip, type Outlined, withLines } from "./legend.js";

/** Of the palette whose other colours `pixels` draws with (Okabe and Ito 2008). */
const PURPLE: Outline["colour"] = [204, 121, 167];

const TEXT: Outline = { colour: ORANGE, dashed: false };
const RULE: Outline = { colour: SKY_BLUE, dashed: false };
const MARK: Outline = { colour: GREEN, dashed: true };
const LEFT_OVER: Outline = { colour: PURPLE, dashed: true };

const LEGEND: readonly LegendEntry[] = [
  { text: "LEFT: BEFORE" },
  { text: "TEXT - BLANKED", outline: TEXT },
  { text: "REGION OR DEVICE RULE - BLANKED", outline: RULE },
  { text: "MARK - STAYS", outline: MARK },
  { text: "MIDDLE: TEXT IS UNLIKELY WHERE BLACK - SURE WHERE WHITE" },
  { text: "RIGHT: AFTER" },
  { text: "TEXT THAT IS LEFT", outline: LEFT_OVER },
  { text: "SHOWS THE PATIENT: DO NOT SHARE" },
];

/** Frames larger than this are shown smaller, for three of them stand in one picture. */
const MOST_PIXELS = 6_000_000;
/** Frames of at most half of this are shown larger. */
const SMALL = 256;
/** A legend in less would be a column of words. */
const LEAST_COLUMNS = 480;

/** Draws frames of one file: before, heat map and after beside each other, and a legend below. */
export class FramePainter {
  readonly #frames: Frames;
  readonly #display: Display;
  readonly #finder: TextFinder;

  /** Throws PIXELS_* where the file has no frames that can be drawn. The file's source stays open. */
  static of(file: DicomFile, finder: TextFinder): FramePainter | undefined {
    const frames = framesOf(file);
    return frames.kind === "none" ? undefined : new FramePainter(frames, displayOf(file), finder);
  }

  private constructor(frames: Frames, display: Display, finder: TextFinder) {
    this.#frames = frames;
    this.#display = display;
    this.#finder = finder;
  }

  get count(): number {
    return this.#frames.count;
  }

  /** Throws PIXELS_* where the frame cannot be decoded or shown. */
  draw({ frame: index, blanked, marks, residual }: FrameFindings): Picture {
    const frame = this.#frames.frame(index);
    const before = this.#shown(frame, index);
    const heat = textHeat(frame, this.#display, index, this.#finder);
    const samples = frame.samples.slice();
    blank(frame, blanked, this.#display);
    const after = changesIn(before, this.#shown(frame, index), frame, samples);
    const boxes = [
      ...blanked.map((box) => ({ box, outline: outlineOf(box) })),
      ...marks.map((box) => ({ box, outline: MARK })),
    ];
    const left = residual.map((box) => ({ box, outline: LEFT_OVER }));
    const scale = scaleOf(before);
    const panels = [
      outlined(resized(before, scale), boxes.map(scaledBy(scale))),
      resized(heatPicture(heat, before, TILE), scale),
      outlined(resized(after, scale), left.map(scaledBy(scale))),
    ];
    return withLegend(besideEachOther(panels), `FRAME ${index + 1} OF ${this.count}`);
  }

  #shown(frame: Frame, index: number): Picture {
    const { rows, columns } = frame.format;
    return { rows, columns, rgba: new Uint8Array(toRgba(frame, this.#display, index).buffer) };
  }
}

/** Columns of a panel for each pixel of a line: lines are still seen where a large picture is shown small. */
const PIXELS_A_LINE = 350;

function outlined(picture: Picture, boxes: readonly Outlined[]): Picture {
  return withLines(picture, boxes, Math.max(1, Math.round(picture.columns / PIXELS_A_LINE)));
}

function outlineOf({ origin }: BlankedBox): Outline {
  return origin === "text" ? TEXT : RULE;
}

/**
 * The picture before, and what has changed as it is after: where the header has no window, a viewer spreads the
 * values that are there, and without the text all would look brighter than it was.
 */
function changesIn(
  before: Picture,
  after: Picture,
  { format, samples }: Frame,
  old: Frame["samples"],
): Picture {
  const { rows, columns, samplesPerPixel: count, planarConfiguration } = format;
  const pixels = rows * columns;
  const [pixelStep, sampleStep] = planarConfiguration === 1 ? [1, pixels] : [count, 1];
  const shown = new Uint32Array(before.rgba.slice().buffer);
  const changed = new Uint32Array(after.rgba.buffer);
  for (let i = 0; i < pixels; i++) {
    for (let sample = 0, at = i * pixelStep; sample < count; sample++, at += sampleStep) {
      if (samples[at] === old[at]) continue;
      shown[i] = changed[i]!;
      break;
    }
  }
  return { rows, columns, rgba: new Uint8Array(shown.buffer) };
}

/** How much larger a frame is shown: a whole number, or one part of it. */
function scaleOf({ rows, columns }: Picture): number {
  const factor = Math.trunc(SMALL / Math.max(rows, columns));
  return factor > 1 ? factor : 1 / Math.ceil(Math.sqrt((rows * columns) / MOST_PIXELS));
}

function resized(picture: Picture, scale: number): Picture {
  if (scale === 1) return picture;
  const rows = Math.ceil(picture.rows * scale);
  const columns = Math.ceil(picture.columns * scale);
  const from = new Uint32Array(picture.rgba.buffer);
  const to = new Uint32Array(rows * columns);
  for (let y = 0, at = 0; y < rows; y++) {
    const line = Math.trunc(y / scale) * picture.columns;
    for (let x = 0; x < columns; x++) to[at++] = from[line + Math.trunc(x / scale)]!;
  }
  return { rows, columns, rgba: new Uint8Array(to.buffer) };
}

function scaledBy(scale: number) {
  return ({ box, outline }: Outlined): Outlined => {
    const { left, top, width, height } = box;
    return {
      box: { left: left * scale, top: top * scale, width: width * scale, height: height * scale },
      outline,
    };
  };
}

/** The picture at the top left, the legend below it. */
function withLegend(picture: Picture, title: string): Picture {
  const columns = Math.max(picture.columns, LEAST_COLUMNS);
  const strip = legendStrip([{ text: title }, ...LEGEND], columns);
  const rows = picture.rows + strip.rows;
  const rgba = new Uint8Array(4 * rows * columns);
  for (let i = 3; i < rgba.length; i += 4) rgba[i] = 255;
  for (let row = 0; row < picture.rows; row++) {
    const line = picture.rgba.subarray(4 * row * picture.columns, 4 * (row + 1) * picture.columns);
    rgba.set(line, 4 * row * columns);
  }
  rgba.set(strip.rgba, 4 * picture.rows * columns);
  return { rows, columns, rgba };
}
