import type { HeldReason } from "../../deid/index.js";
import { areaOf, type Box, clipped, type FrameFindings, type PixelFormat } from "../../pixels/index.js";

/** What `deidentify` would do with the pixels of a file. */
export type Verdict =
  /** Every frame was looked at. */
  | "nothing found"
  /** Lone marks of side and position alone, which stay. */
  | "marks stay"
  | "blanked"
  | "held"
  /** There is no frame that could hold text. */
  | "nothing to examine"
  | "not DICOM";

/** Text, and what lies where text would, is blanked; a mark stays; residual text is why a file is held. */
export type FindingKind = "text" | "outside regions" | "device rule" | "mark" | "residual text";

/** A box and the frames that have it. */
export interface Finding extends Box {
  readonly kind: FindingKind;
  /** First and last of each run of frames, from 1 on. */
  readonly frames: readonly (readonly [first: number, last: number])[];
  /**
   * The surest of these frames, rounded to one decimal: logit of the text finder, or for residual text the other
   * detector's share of 1. Null for regions and rules, which are sure by themselves.
   */
  readonly score: number | null;
}

/** What came of one file, as `--json` has it: every key is there, null where nothing is known. */
export interface FileReport {
  readonly file: string;
  readonly verdict: Verdict;
  /** False where the file is held, or left alone, before anybody looks at its pixels. */
  readonly examined: boolean;
  /** Why there is nothing to examine. */
  readonly why: string | null;
  readonly sopClass: string | null;
  readonly transferSyntax: string | null;
  /** Transfer syntax of what would come out, where frames would change. */
  readonly writtenAs: string | null;
  readonly rows: number | null;
  readonly columns: number | null;
  readonly frames: number | null;
  /** Why it would be held. */
  readonly reasons: readonly HeldReason[];
  readonly findings: readonly Finding[];
  /** Of the frame that loses most, the share of its pixels: 0 to 1, three decimals. */
  readonly blankedShare: number | null;
  /** PNG files that show it. */
  readonly pictures: readonly string[];
}

/** In the order in which findings of one place are told. */
const KINDS: readonly FindingKind[] = ["residual text", "text", "device rule", "outside regions", "mark"];

/** A finding while frames are added to it. */
interface Folding extends Box {
  readonly kind: FindingKind;
  readonly frames: [number, number][];
  score: number | null;
}

/** Findings of all frames: what is the same in several is told once, with their numbers. */
export function foldFindings(frames: readonly FrameFindings[], format: PixelFormat): Finding[] {
  const folded = new Map<string, Folding>();
  for (const one of frames) {
    const add = (box: Box, kind: FindingKind, score?: number): void => {
      const area = clipped(box, format);
      const key = `${kind} ${area.left} ${area.top} ${area.width} ${area.height}`;
      let finding = folded.get(key);
      if (!finding) folded.set(key, (finding = { kind, ...area, frames: [], score: null }));
      addFrame(finding, one.frame + 1, score);
    };
    for (const box of one.blanked) add(box, box.origin, box.score);
    for (const box of one.marks) add(box, "mark", box.score);
    for (const box of one.residual) add(box, "residual text", box.score);
  }
  return [...folded.values()].sort(inOrder);
}

function addFrame(finding: Folding, frame: number, score: number | undefined): void {
  const last = finding.frames.at(-1);
  if (last && frame <= last[1] + 1) last[1] = frame;
  else finding.frames.push([frame, frame]);
  if (score === undefined) return;
  const rounded = Math.round(10 * score) / 10;
  finding.score = Math.max(finding.score ?? rounded, rounded);
}

function inOrder(a: Folding, b: Folding): number {
  return (
    a.frames[0]![0] - b.frames[0]![0] ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    a.top - b.top ||
    a.left - b.left
  );
}

/** Frames in which something was found. */
export function hasFindings({ blanked, marks, residual }: FrameFindings): boolean {
  return blanked.length + marks.length + residual.length > 0;
}

/** Of the frame that loses most, the share of its pixels, rounded to three decimals. */
export function blankedShare(frames: readonly FrameFindings[], format: PixelFormat): number {
  const most = Math.max(
    0,
    ...frames.map(({ blanked }) => areaOf(blanked.map((box) => clipped(box, format)))),
  );
  return Math.round((1000 * most) / (format.rows * format.columns)) / 1000;
}
