import type { Scene, SceneWord } from "../../scripts/text-finder/scenes.js";
import type { PixelReasonCode, PixelTools } from "../../src/pixels/examination.js";
import type { Extent } from "../../src/pixels/rules/boxes.js";
import { type Detector, EXAMINATION, examined, finderDetector, ocrDetectors, PADDING } from "./detectors.js";
import { blankedPlane, plantedIdentifiers, stillRead } from "./identifiers.js";
import { allowanceOf, coveredShare, maskOf, shareBeyond } from "./raster.js";
import { type Run, scaled } from "./report.js";
import { heldOutScenes, SIZES } from "./scenes.js";
import { debianTesseract, type Ocr, PAGE_MODES, tesseractJs } from "./tesseract.js";

/** A planted word and how much of it each detector covers. */
export interface WordRecord extends Omit<SceneWord, "corners" | "text"> {
  /** Number of its image among `images`. */
  readonly image: number;
  readonly covered: Readonly<Record<string, number>>;
}

export interface ImageRecord extends Extent {
  /** Number of the scene in the seed's series. */
  readonly index: number;
  readonly background: string;
  readonly effects: readonly string[];
  readonly hardNegatives: readonly string[];
  readonly hasText: boolean;
  readonly isHeld: boolean;
  readonly reasons: readonly PixelReasonCode[];
  /** By detector: share of the image that it blanks beyond text, and beyond the bare boxes of words. */
  readonly beyond: Readonly<Record<string, readonly [allowing: number, bare: number]>>;
  readonly cpuMs: Readonly<Record<string, number>>;
}

/** Planted identifiers that one OCR reads. */
export interface ReadRecord {
  planted: number;
  before: number;
  /** On the image as the examination blanks it: where it passes, and where it is held. */
  afterPassed: number;
  afterHeld: number;
}

export interface HeldOut {
  readonly detectors: readonly string[];
  readonly words: readonly WordRecord[];
  readonly images: readonly ImageRecord[];
  readonly reads: ReadonlyMap<string, ReadRecord>;
}

/** Images of each size: with text, and without. */
export const IMAGES = { text: [160, 100], clean: [300, 100] } as const;

interface Readers {
  readonly detectors: readonly Detector[];
  readonly ocrs: readonly Ocr[];
}

async function openReaders(tools: PixelTools, peers: boolean): Promise<Readers> {
  const ocrs: Ocr[] = [];
  if (peers) {
    ocrs.push(await tesseractJs());
    const debian = debianTesseract();
    if (debian) ocrs.push(debian);
  }
  return { detectors: [finderDetector(tools), ...ocrs.flatMap(ocrDetectors)], ocrs };
}

/** Runs every detector over the held-out scenes. Without `peers` ours alone, which takes a tenth of the time. */
export async function measureHeldOut(run: Run, tools: PixelTools, peers = true): Promise<HeldOut> {
  const readers = await openReaders(tools, peers);
  const measured = new Measurement(tools, readers);
  for (const [i, size] of SIZES.entries()) {
    for (const [kind, counts] of Object.entries(IMAGES)) {
      const count = scaled(run, counts[i]!);
      let done = 0;
      for (const { index, scene } of heldOutScenes(run.seed, size, count, kind === "text")) {
        measured.add(index, scene);
        if (++done % 10 === 0) run.progress(`${size.columns} × ${size.rows}, ${kind}: ${done} of ${count}`);
      }
    }
  }
  return measured;
}

class Measurement implements HeldOut {
  readonly detectors: readonly string[];
  readonly words: WordRecord[] = [];
  readonly images: ImageRecord[] = [];
  readonly reads = new Map<string, ReadRecord>();
  readonly #tools: PixelTools;
  readonly #readers: Readers;

  constructor(tools: PixelTools, readers: Readers) {
    this.#tools = tools;
    this.#readers = readers;
    this.detectors = [...readers.detectors.map(({ name }) => name), EXAMINATION];
  }

  add(index: number, scene: Scene): void {
    const { plane, words, textMask, background, effects, hardNegatives } = scene;
    const examination = examined(scene, this.#tools);
    const found = this.#readers.detectors.map(({ name, find }) => [name, find(plane)] as const);
    const all = [...found, [EXAMINATION, examination] as const];
    const allowed = allowanceOf(words, plane, PADDING);
    const masks = all.map(([name, { boxes }]) => [name, maskOf(boxes, plane)] as const);
    for (const word of words) {
      const { corners, text: _, ...about } = word;
      const covered = masks.map(([name, mask]) => [name, coveredShare(word, mask, plane)] as const);
      this.words.push({ ...about, image: this.images.length, covered: Object.fromEntries(covered) });
    }
    const { rows, columns } = plane;
    this.images.push({
      ...{ index, rows, columns, background, effects, hardNegatives, hasText: words.length > 0 },
      ...{ isHeld: examination.isHeld, reasons: examination.reasons },
      beyond: Object.fromEntries(
        masks.map(([name, mask]) => [
          name,
          [shareBeyond(mask, allowed), shareBeyond(mask, textMask)] as const,
        ]),
      ),
      cpuMs: Object.fromEntries(all.map(([name, { cpuMs }]) => [name, cpuMs])),
    });
    if (words.length > 0 && this.#readers.ocrs.length > 0) this.#read(scene, examination, new Map(found));
  }

  /** What each OCR reads before and after; before, as detector, it has read already. */
  #read(
    { plane, words }: Scene,
    { boxes, isHeld }: ReturnType<typeof examined>,
    found: ReadonlyMap<string, ReturnType<Detector["find"]>>,
  ): void {
    const planted = plantedIdentifiers(words);
    const after = blankedPlane(plane, boxes);
    const { reader } = this.#tools;
    const readings = [
      ["the room's reader", reader.read(plane), reader.read(after)] as const,
      ...this.#readers.ocrs.flatMap((ocr) =>
        PAGE_MODES.map((mode) => {
          const name = `${ocr.name}, PSM ${mode}`;
          return [name, found.get(name)!.words!, ocr.read(after, mode).words] as const;
        }),
      ),
    ];
    for (const [name, before, now] of readings) {
      const record = this.reads.get(name) ?? { planted: 0, before: 0, afterPassed: 0, afterHeld: 0 };
      record.planted += planted.length;
      record.before += stillRead(planted, before).length;
      record[isHeld ? "afterHeld" : "afterPassed"] += stillRead(planted, now).length;
      this.reads.set(name, record);
    }
  }
}
