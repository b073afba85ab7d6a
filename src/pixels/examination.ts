import type { DicomFile } from "../dicom/index.js";
import type { IdentifierMatcher } from "../text/index.js";
import type { TextFinder } from "./finder/finder.js";
import type { DeviceRule } from "./rules/devices.js";
import type { Box, TextBox } from "./types.js";
import type { Reader } from "./verify/index.js";
import type { BlankedPixels } from "./write-back.js";

/** What an examination needs that takes time to open. Of no use to two callers at once. */
export interface PixelTools {
  readonly finder: TextFinder;
  readonly reader: Reader;
  /** Who wants to see the examinations that are made with these tools. */
  readonly observer?: ExaminationObserver;
}

/** Is told of each examination while the file's source is still open. What it throws, the examination throws. */
export interface ExaminationObserver {
  /** The next look at a frame begins. Each frame is looked at twice: for text, and for what is left of it. */
  look?(looks: number, ofLooks: number): void;
  examined?(file: DicomFile, examination: PixelExamination): void;
}

/** What a site wants of an examination, and what is known of the instance beforehand. */
export interface PixelPolicy {
  readonly devices: readonly DeviceRule[];
  /** Lone marks of side and position stay: without them left and right can be mistaken. */
  readonly keepMarks: boolean;
  /** Who may be named in the pixels. */
  readonly known?: IdentifierMatcher;
  /** Burned In Annotation (0028,0301) says that there is text: an examination that finds none is not believed. */
  readonly saysText: boolean;
}

/** Why a box is blanked: the finder saw text, it lies outside the ultrasound regions, or the site's rule names it. */
export type BoxOrigin = "text" | "outside regions" | "device rule";

export interface BlankedBox extends Box {
  readonly origin: BoxOrigin;
  /** Of text: logit of its surest tile. */
  readonly score?: number;
}

/** What was found in a frame; where, and how surely, never what it says. */
export interface FrameFindings {
  /** From 0 on. */
  readonly frame: number;
  readonly blanked: readonly BlankedBox[];
  /** Lone marks of side and position, which stay. */
  readonly marks: readonly TextBox[];
  /** Where the second detector still sees text after blanking. */
  readonly residual: readonly TextBox[];
}

export type PixelReasonCode =
  /** Frames cannot be decoded, or there is no codec, or no lossless way to write them. */
  | "PIXELS_NOT_EXAMINED"
  /** Text, or a known identifier, is left after blanking. */
  | "TEXT_IN_PIXELS"
  /** A frame is nearly all text, or so much of it would be blanked, for text or in doubt, that a person should see it. */
  | "PAGE_OF_TEXT"
  /** The header speaks of burned-in text, and none was found. */
  | "BURNED_IN_NOT_FOUND"
  /** Bits of the pixels that the image does not use hold text. */
  | "EMBEDDED_OVERLAY";

/** Names frames and places, never text. */
export interface PixelReason {
  readonly code: PixelReasonCode;
  readonly detail: string;
}

export type PixelExamination =
  /** There are no frames that could hold text. */
  | { readonly kind: "no frames"; readonly reason: string }
  | {
      readonly kind: "held";
      readonly reasons: readonly PixelReason[];
      readonly frames: readonly FrameFindings[];
    }
  | {
      readonly kind: "passed";
      /** Only frames with findings. */
      readonly frames: readonly FrameFindings[];
      readonly frameCount: number;
      /** What must change in the file; nothing where no frame has a box. */
      readonly pixels: BlankedPixels;
    };
