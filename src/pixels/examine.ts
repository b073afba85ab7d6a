import { isElpisError } from "../base/index.js";
import type { DicomFile } from "../dicom/index.js";
import { blank } from "./blank.js";
import { ALONE, type Doubt, doubtOver } from "./doubt.js";
import type {
  BlankedBox,
  ExaminationObserver,
  FrameFindings,
  PixelExamination,
  PixelPolicy,
  PixelReason,
  PixelReasonCode,
  PixelTools,
} from "./examination.js";
import type { TextFinder } from "./finder/finder.js";
import { FinderLook } from "./finder-look.js";
import { FrameRooms } from "./frame-room.js";
import { type Frames, framesOf } from "./frames.js";
import { type Display, displayOf, renderings, type View } from "./render.js";
import { areaOf, contains, fillBoxes } from "./rules/boxes.js";
import { haveSamePixels } from "./rules/changes.js";
import { deviceBoxes } from "./rules/devices.js";
import { regionsToBlank } from "./rules/ultrasound.js";
import { PlaneSearch, type SearchResult, searchFrames } from "./search.js";
import type { Box, GreyPlane, TextBox } from "./types.js";
import { isMark, verify } from "./verify/index.js";
import { blankedPixels } from "./write-back.js";

/**
 * Looks for text in every frame, blanks it in a copy and lets a second detector read the copy (PS3.15 E.3.1, Clean
 * Pixel Data). `passed` only where that finds nothing; what cannot be decoded or written without loss is held.
 * Throws what the source throws, nothing else.
 */
export function examinePixels(file: DicomFile, tools: PixelTools, policy: PixelPolicy): PixelExamination {
  const examination = examine(file, tools, policy);
  tools.observer?.examined?.(file, examination);
  return examination;
}

function examine(file: DicomFile, tools: PixelTools, policy: PixelPolicy): PixelExamination {
  try {
    const frames = framesOf(file);
    if (frames.kind === "none") return { kind: "no frames", reason: frames.reason };
    return new Examination(file, observed(frames, tools.observer), tools, policy).run();
  } catch (error) {
    if (!isElpisError(error) || !error.code.startsWith("PIXELS_")) throw error;
    return held("PIXELS_NOT_EXAMINED", error.message);
  }
}

/** The same frames, and the observer hears of each look at one. */
function observed(frames: Frames, observer: ExaminationObserver | undefined): Frames {
  if (!observer?.look) return frames;
  const ofLooks = 2 * frames.count;
  let looks = 0;
  const frame: Frames["frame"] = (index, room) => {
    // A frame that is written is decoded once more: nobody looks at it then.
    if (looks < ofLooks) observer.look?.(++looks, ofLooks);
    return frames.frame(index, room);
  };
  return { ...frames, frame };
}

const held = (
  code: PixelReasonCode,
  detail: string,
  frames: readonly FrameFindings[] = [],
): PixelExamination => ({ kind: "held", reasons: [{ code, detail }], frames });

/** Above this share of a frame it is a page, or something that only looks like text: a person should see it. */
const MOST_TEXT = 0.4;
/** Logit from which text is beyond doubt, and how much of a frame boxes below it may take: anatomy may be in them. */
const BEYOND_DOUBT = 8;
const MOST_DOUBTFUL = 0.1;
/** Places named in a reason; the report has them all. */
const MOST_NAMED = 5;

/** What was looked at in a frame after blanking, and what was found. */
interface Verified extends Pick<FrameFindings, "marks" | "residual"> {
  readonly planes: readonly View[];
  readonly looks: readonly FinderLook[];
}

class Examination {
  readonly #file: DicomFile;
  readonly #frames: Frames;
  readonly #tools: PixelTools;
  readonly #policy: PixelPolicy;
  readonly #display: Display;
  readonly #rooms = new FrameRooms();
  /** What was seen of the frame before, after blanking. */
  #verified: Verified | undefined;

  constructor(file: DicomFile, frames: Frames, tools: PixelTools, policy: PixelPolicy) {
    this.#file = file;
    this.#frames = frames;
    this.#tools = tools;
    this.#policy = policy;
    this.#display = displayOf(file);
  }

  run(): PixelExamination {
    const byRule = this.#boxesByRule();
    const search = searchFrames(this.#frames, this.#display, this.#tools.finder, this.#rooms);
    const findings = this.#findings(search, byRule);
    const before = this.#reasonsBefore(search, findings);
    if (before.length > 0) return { kind: "held", reasons: before, frames: findings };
    const verified = this.#verify(findings, search);
    const reasons = residualReasons(verified);
    if (reasons.length > 0) return { kind: "held", reasons, frames: verified };
    const boxes = new Map(verified.map(({ frame, blanked }) => [frame, blanked]));
    const pixels = blankedPixels(this.#file, this.#frames, (frame) => boxes.get(frame) ?? []);
    const seen = verified.filter(({ blanked, marks }) => blanked.length + marks.length > 0);
    return { kind: "passed", frames: seen, frameCount: this.#frames.count, pixels };
  }

  /** What is blanked in every frame whatever it shows. */
  #boxesByRule(): readonly BlankedBox[] {
    const { data } = this.#file;
    const { rows, columns } = this.#frames.format;
    const regions = regionsToBlank(data, rows, columns);
    const outside = regions.kind === "regions" ? regions.blank : [];
    const { blank } = deviceBoxes(this.#policy.devices, data, rows, columns);
    return [
      ...outside.map((box): BlankedBox => ({ ...box, origin: "outside regions" })),
      ...blank.map((box): BlankedBox => ({ ...box, origin: "device rule" })),
    ];
  }

  /** What is blanked in each frame, and which marks stay. */
  #findings({ everywhere, byFrame, still }: SearchResult, byRule: readonly BlankedBox[]): FrameFindings[] {
    const isRuled = (box: Box) => byRule.some((rule) => contains(rule, box));
    const own = byFrame.map((boxes) => boxes.filter((box) => !isRuled(box)));
    const staying = everywhere.filter((box) => !isRuled(box));
    // A mark stays where it always stood: one that comes and goes in a cine is text of that cine.
    const candidates = this.#frames.count === 1 ? own[0]! : staying;
    const around = [...staying, ...own.flat()];
    const isMarked = (box: TextBox) => isMark(still, box, around, this.#tools.reader);
    const marks = this.#policy.keepMarks ? candidates.filter(isMarked) : [];
    const asText = (boxes: readonly TextBox[]) =>
      boxes.filter((box) => !marks.includes(box)).map((box) => ({ ...box, origin: "text" as const }));
    const always = [...byRule, ...asText(staying)];
    return own.map((boxes, frame) => ({
      frame,
      blanked: [...always, ...asText(boxes)],
      marks,
      residual: [],
    }));
  }

  #reasonsBefore({ page, hiddenText }: SearchResult, findings: readonly FrameFindings[]): PixelReason[] {
    const reasons: PixelReason[] = [];
    if (page >= 0) reasons.push({ code: "PAGE_OF_TEXT", detail: `frame ${page + 1} is nearly all text` });
    const [covered] = page < 0 ? findings.flatMap((one) => this.#tooMuchText(one) ?? []) : [];
    if (covered) reasons.push({ code: "PAGE_OF_TEXT", detail: `${covered}, too much to blank unseen` });
    if (hiddenText >= 0) {
      const detail = `frame ${hiddenText + 1}: text in bits that the image does not use`;
      reasons.push({ code: "EMBEDDED_OVERLAY", detail });
    }
    const anything = findings.some(({ blanked, marks }) => blanked.length + marks.length > 0);
    if (this.#policy.saysText && !anything) {
      const detail = "(0028,0301) Burned In Annotation speaks of text, and none was found";
      reasons.push({ code: "BURNED_IN_NOT_FOUND", detail });
    }
    return reasons;
  }

  /** Where so much of a frame would be blanked as text that a person should see it: how much. */
  #tooMuchText({ frame, blanked }: FrameFindings): string | undefined {
    const { rows, columns } = this.#frames.format;
    const share = (boxes: readonly BlankedBox[]) => areaOf(boxes) / (rows * columns);
    const told = (part: number) => `cover ${Math.round(100 * part)} % of it`;
    const text = blanked.filter(({ origin }) => origin === "text");
    const [all, doubtful] = [share(text), share(text.filter(({ score = 0 }) => score < BEYOND_DOUBT))];
    if (all > MOST_TEXT) return `frame ${frame + 1}: boxes of text ${told(all)}`;
    if (doubtful > MOST_DOUBTFUL)
      return `frame ${frame + 1}: boxes that may be text, or not, ${told(doubtful)}`;
    return undefined;
  }

  /** Looks at each frame as it would be written, with other eyes than the finder's. */
  #verify(findings: readonly FrameFindings[], { still, looks }: SearchResult): FrameFindings[] {
    if (this.#frames.count === 1) return findings.map((one) => this.#verifyFrame(one));
    const [first, ...others] = findings.map((one) => this.#verifyFrame(one, looks[one.frame]));
    const boxes = first!.blanked.filter((box) => others[0]!.blanked.includes(box));
    const residual = this.#residual(darkened(still, boxes), first!.marks, undefined, ALONE);
    return [{ ...first!, residual: [...first!.residual, ...residual] }, ...others];
  }

  #verifyFrame(one: FrameFindings, looks: readonly FinderLook[] = []): FrameFindings {
    const frame = this.#frames.frame(one.frame, this.#rooms.cells);
    blank(frame, one.blanked, this.#display);
    const mayMerge = this.#frames.count === 1;
    const planes = renderings(frame, this.#display, one.frame, mayMerge, this.#rooms.nextViews());
    const { marks } = one;
    // Frames that stand still, as those of a stack of captures often do, need no second look.
    const before = this.#verified;
    const isSame = before?.marks === marks && areAlike(before.looks, looks);
    if (before && isSame && showTheSame(before.planes, planes)) {
      this.#verified = { ...before, planes };
      return { ...one, residual: before.residual };
    }
    const doubt = doubtOver(this.#frames.count);
    const residual = planes.flatMap((plane) => {
      const look = looks.find((each) => each.holdsFor(plane));
      return this.#residual(plane, marks, look, doubt);
    });
    this.#verified = { planes, looks, marks, residual };
    return { ...one, residual };
  }

  #residual(
    plane: View,
    kept: readonly Box[],
    look: FinderLook | undefined,
    { noText, ...limits }: Doubt,
  ): readonly TextBox[] {
    const { known } = this.#policy;
    const { reader } = this.#tools;
    const { visibility } = plane;
    const isRuledOut = ruledOutBy(this.#tools.finder, plane, noText);
    // Of a long cine alone: its mean is read in every way, and what stays is in it.
    const isReadOnce = (box: Box) => look?.rulesOut(box) ?? false;
    const context = { reader, kept, visibility, isRuledOut, isReadOnce, ...limits, ...(known && { known }) };
    return verify(plane, context).residual;
  }
}

/** Whether the finder rules out text in a box; it looks at the plane when it is asked first. */
function ruledOutBy(finder: TextFinder, plane: View, noText: number): (box: Box) => boolean {
  let look: FinderLook | undefined;
  return (box) => {
    look ??= new FinderLook(plane, new PlaneSearch(finder).scales(plane), noText);
    return look.rulesOut(box);
  };
}

function showTheSame(some: readonly GreyPlane[], others: readonly GreyPlane[]): boolean {
  return some.length === others.length && some.every((plane, i) => haveSamePixels(plane, others[i]!));
}

function areAlike(some: readonly FinderLook[], others: readonly FinderLook[]): boolean {
  return some.length === others.length && some.every((look, i) => look.isLike(others[i]!));
}

/** The plane with black boxes. */
function darkened(plane: GreyPlane, boxes: readonly Box[]): View {
  const { rows, columns } = plane;
  const pixels = plane.pixels.slice();
  fillBoxes(pixels, plane, boxes, 0);
  return { rows, columns, pixels, visibility: 1, mapping: "mean" };
}

function residualReasons(findings: readonly FrameFindings[]): PixelReason[] {
  const left = findings.filter(({ residual }) => residual.length > 0);
  if (left.length === 0) return [];
  const named = left.slice(0, MOST_NAMED).map(({ frame, residual }) => {
    const { left: x, top: y } = residual[0]!;
    return `frame ${frame + 1} near column ${x}, row ${y}`;
  });
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} frames more` : "";
  return [{ code: "TEXT_IN_PIXELS", detail: `text is left after blanking: ${named.join("; ")}${more}` }];
}
