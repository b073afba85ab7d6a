import { beforeAll, describe, expect, it } from "vitest";
import { baselineImage, greyImage } from "../../test/support/images.js";
import { emptyPlane, planeWithOutline, planeWithText } from "../../test/support/overlays.js";
import { applyToFiles, projectKeys } from "../../test/support/patient.js";
import { BLIND, BLIND_READER, finderOf, realTools } from "../../test/support/pixel-tools.js";
import { releasedFile } from "../../test/support/released.js";
import { isElpisError } from "../base/index.js";
import {
  type DicomFile,
  joinParts,
  memorySource,
  type PlainDataSet,
  parseTag,
  ROOT,
  readFile,
  SopClass,
  Tags,
  TransferSyntax,
  tagOfKeyword,
} from "../dicom/index.js";
import type { GreyPlane, PixelTools } from "../pixels/index.js";
import { builtinProfile, parseProfile } from "./profile.js";
import type { HeldInstance, InstanceOutcome, Profile, ReleasedInstance } from "./types.js";

let tools: PixelTools;
beforeAll(async () => {
  tools = await realTools();
});

const research = builtinProfile("research");
const profileOf = (lines: string): Profile =>
  parseProfile(`name: x\nextends: research\n${lines}\n`, "x.yaml");
const classOf = (name: string): PlainDataSet => ({
  SOPClassUID: SopClass[name]!,
  SOPInstanceUID: "1.2.3.1.1.1",
});
const ULTRASOUND = { ...classOf("Ultrasound Image Storage"), Modality: "US" };
const NAME = ["QUIMBLETON", "ZEPHYRINE"];
/** What the stub finder takes for text, in tiles; and as it is blanked, three pixels wider on each side. */
const SEEN = { left: 40, top: 20, width: 80, height: 16 };

function outcomeOf(bytes: Uint8Array, using?: PixelTools, profile = research): InstanceOutcome<number> {
  return applyToFiles([bytes], profile, projectKeys, using)[0]!;
}

function released(
  bytes: Uint8Array,
  using?: PixelTools,
  profile = research,
): [DicomFile, ReleasedInstance<number>] {
  const outcome = outcomeOf(bytes, using, profile);
  return [releasedFile(outcome), outcome as ReleasedInstance<number>];
}

function reasons(bytes: Uint8Array, using?: PixelTools, profile = research): HeldInstance<number>["reasons"] {
  const outcome = outcomeOf(bytes, using, profile);
  return outcome.kind === "held" ? outcome.reasons : [];
}

const codes = (...given: Parameters<typeof reasons>) => reasons(...given).map(({ code }) => code);
const pixelsOf = ({ data }: DicomFile) => data.bytes(data.find(Tags.PixelData));
const said = ({ data }: DicomFile) => data.string(Tags.BurnedInAnnotation);

/** Code Value of each De-identification Method. */
function methods({ data }: DicomFile): string[] {
  const items = data.items(data.find(Tags.DeidentificationMethodCodeSequence));
  return items.map((item) => data.string(tagOfKeyword("CodeValue")!, item));
}

describe("an image that passes", () => {
  it("comes out with its name blanked, says so, and can no longer be read", () => {
    const [file, { pixels }] = released(greyImage([planeWithText(NAME)], ULTRASOUND), tools);
    expect(pixels).toEqual({ frames: 1, blankedFrames: 1 });
    expect(said(file)).toBe("NO");
    expect(methods(file)).toContain("113101");
    const after = { rows: 128, columns: 256, pixels: pixelsOf(file).slice() };
    const read = (plane: GreyPlane) => tools.reader.read(plane, { purpose: "frame" }).map(({ text }) => text);
    expect(read(planeWithText(NAME)).join(" ")).toMatch(/QUIMBLETON|ZEPHYRINE/);
    expect(read(after).join("")).toBe("");
  });

  it("keeps every byte of its pixel data where there is no text, and says so", () => {
    const bytes = greyImage([planeWithOutline()], ULTRASOUND);
    const [file, { pixels }] = released(bytes, tools);
    expect(pixels).toEqual({ frames: 1, blankedFrames: 0 });
    expect([said(file), methods(file).includes("113101")]).toEqual(["NO", true]);
    expect(pixelsOf(file)).toEqual(pixelsOf(readFile(memorySource(bytes))));
  });

  it.each([
    "Secondary Capture Image Storage",
    "X-Ray Angiographic Image Storage",
    "VL Photographic Image Storage",
    "CT Image Storage",
  ])("of the class %s comes out", (name) => {
    const [file] = released(greyImage([planeWithText(NAME)], classOf(name)), tools);
    expect(said(file)).toBe("NO");
  });

  it("is examined in all its frames, not in the first alone", () => {
    const planes = [emptyPlane(), planeWithText(NAME), emptyPlane()];
    const [file, { pixels }] = released(greyImage(planes, ULTRASOUND), tools);
    expect(pixels?.frames).toBe(3);
    expect(pixels?.blankedFrames).toBeGreaterThan(0);
    expect(pixelsOf(file).some((value) => value > 100)).toBe(false);
  });

  it("is the same bytes each time", () => {
    const bytes = greyImage([planeWithText(NAME)], ULTRASOUND);
    const [one, two] = [0, 1].map(() => outcomeOf(bytes, tools) as ReleasedInstance<number>);
    expect(joinParts(one!.parts)).toEqual(joinParts(two!.parts));
  });
});

describe("pixels that nobody examined", () => {
  const ct = greyImage([planeWithOutline()]);
  it.each<[string, boolean, string]>([
    ["there are no tools", false, "pixels: examine"],
    ["the profile holds", true, "pixels: hold"],
    ["a person vouches for them", true, "pixels: vetted"],
  ])("are not said to be clean where %s", (_, hasTools, line) => {
    const [file, { pixels }] = released(ct, hasTools ? tools : undefined, profileOf(line));
    expect(pixels).toBeUndefined();
    expect(file.data.find(Tags.BurnedInAnnotation)).toBe(-1);
    expect(methods(file)).not.toContain("113101");
  });

  it.each<[string, boolean, string]>([
    ["there are no tools", false, "pixels: examine"],
    ["the profile holds", true, "pixels: hold"],
  ])("hold an ultrasound where %s", (_, hasTools, line) => {
    const bytes = greyImage([planeWithOutline()], ULTRASOUND);
    expect(codes(bytes, hasTools ? tools : undefined, profileOf(line))).toEqual(["PIXELS_NOT_EXAMINED"]);
  });

  it.each(["Segmentation Storage", "RT Dose Storage", "Height Map Segmentation Storage"])(
    "of %s are numbers: they stay as they are, and nothing is said of them",
    (name) => {
      const bytes = greyImage([planeWithText(NAME)], classOf(name));
      const [file, { pixels }] = released(bytes, tools);
      expect(pixels).toBeUndefined();
      expect(pixelsOf(file)).toEqual(pixelsOf(readFile(memorySource(bytes))));
      expect([said(file), methods(file).includes("113101")]).toEqual(["", false]);
    },
  );
});

describe("numbers that are not examined", () => {
  it.each<[string, PlainDataSet]>([
    ["Burned In Annotation", { BurnedInAnnotation: "YES" }],
    ["Image Type", { ImageType: ["DERIVED", "SECONDARY", "SCREEN SAVE"] }],
  ])("are held where %s speaks for text in them", (_, more) => {
    const bytes = greyImage([planeWithText(NAME)], { ...classOf("Segmentation Storage"), ...more });
    expect(codes(bytes, tools)).toEqual(["PIXELS_NOT_EXAMINED"]);
  });
});

describe("an image is held", () => {
  const named = greyImage([planeWithText(NAME)], ULTRASOUND);
  const seeing = { finder: finderOf(SEEN), reader: BLIND_READER };

  it("with TEXT_IN_PIXELS where the second detector still sees what the first has missed", () => {
    const blindFinder = { finder: finderOf(), reader: tools.reader };
    const [reason] = reasons(named, blindFinder);
    expect(reason!.code).toBe("TEXT_IN_PIXELS");
    expect(reason!.detail).toMatch(/^text is left after blanking: frame 1 near column \d+, row \d+/);
    expect(reason!.detail).not.toMatch(/quimbleton|zephyrine/i);
  });

  it("with BURNED_IN_NOT_FOUND where its header speaks of text and none is found", () => {
    const declared = (value: string) =>
      greyImage([planeWithOutline()], { ...ULTRASOUND, BurnedInAnnotation: value });
    expect(codes(declared("YES"), tools)).toEqual(["BURNED_IN_NOT_FOUND"]);
    expect(codes(declared("NO"), tools)).toEqual([]);
    const [file] = released(
      greyImage([planeWithText(NAME)], { ...ULTRASOUND, BurnedInAnnotation: "YES" }),
      tools,
    );
    expect(said(file)).toBe("NO");
  });

  it("with PAGE_OF_TEXT where a frame is nearly all text", () => {
    const lines = [4, 28, 52, 76, 100].map((top) => ({ left: 8, top, width: 160, height: 8 }));
    const page = { finder: finderOf(...lines), reader: BLIND_READER };
    const sheet = planeWithText(["CTDIVOL", "DLP", "KVP 120", "MAS 85", "SERIES"], 12, 24);
    expect(codes(greyImage([sheet], ULTRASOUND), page)).toEqual(["PAGE_OF_TEXT"]);
    expect(codes(greyImage([emptyPlane()], ULTRASOUND), page)).toEqual([]);
    expect(codes(greyImage([emptyPlane()], ULTRASOUND), seeing)).toEqual([]);
  });

  it.each([
    ["fewer bytes than frames", greyImage([emptyPlane()], { ...ULTRASOUND, Rows: 999 })],
    [
      "no photometric interpretation",
      greyImage([emptyPlane()], { ...ULTRASOUND, PhotometricInterpretation: "?" }),
    ],
  ])("with a reason where it has %s", (_, bytes) => {
    expect(codes(bytes, BLIND).length).toBeGreaterThan(0);
  });

  it("with PIXELS_NOT_EXAMINED where a compressed frame cannot be decoded", () => {
    const bytes = baselineImage([planeWithText(NAME)], ULTRASOUND);
    const broken = bytes.slice();
    // Of another height than the header says: SOF0, length, precision, height.
    const frame = broken.findLastIndex((byte, i) => byte === 0xff && broken[i + 1] === 0xc0);
    broken[frame + 6]! ^= 1;
    expect(codes(broken, seeing)).toContain("PIXELS_NOT_EXAMINED");
  });

  it("would come out with its name if both detectors were switched off", () => {
    const short = greyImage([planeWithText(["LEE"])], ULTRASOUND);
    const [file] = released(short, BLIND);
    expect(pixelsOf(file).includes(255)).toBe(true);
    const outcome = outcomeOf(short, tools);
    const isWhite = outcome.kind === "released" && pixelsOf(released(short, tools)[0]).includes(255);
    expect(isWhite).toBe(false);
  });
});

describe("a compressed image with text", () => {
  const stub = { finder: finderOf(SEEN), reader: BLIND_READER };

  it("is written without further loss, and its file meta information says how", () => {
    const [file] = released(baselineImage([emptyPlane(), emptyPlane()], ULTRASOUND), stub);
    expect(file.transferSyntax).toBe(TransferSyntax.JPEGLosslessSV1);
    expect(file.meta.string(Tags.TransferSyntaxUID)).toBe(TransferSyntax.JPEGLosslessSV1);
    expect(file.data.string(tagOfKeyword("LossyImageCompression")!)).toBe("01");
  });

  it("keeps its transfer syntax and its bytes where nothing is blanked", () => {
    const bytes = baselineImage([emptyPlane()], ULTRASOUND);
    const [file] = released(bytes, BLIND);
    expect(file.transferSyntax).toBe(TransferSyntax.JPEGBaseline8Bit);
    expect(pixelsOf(file)).toEqual(pixelsOf(readFile(memorySource(bytes))));
  });
});

describe("the profile's word", () => {
  const white = { ...emptyPlane(), pixels: new Uint8Array(128 * 256).fill(200) };
  const DEVICE = { Manufacturer: "Acme", ManufacturerModelName: "Scan 1" };
  const rule = (blank: string, rows = 128) =>
    `devices:
  - manufacturer: Acme
    model: Scan*
    rows: ${rows}
    columns: 256
    blank: ${blank}
    reason: banner`;

  it("on a device blanks exactly its boxes, in every frame", () => {
    const bytes = greyImage([white, white], { ...ULTRASOUND, ...DEVICE });
    const profile = profileOf(rule("[[0, 0, 256, 10], [200, 100, 56, 28]]").replace("Scan*", "Scan 1"));
    const [file, { pixels }] = released(bytes, BLIND, profile);
    expect(pixels).toEqual({ frames: 2, blankedFrames: 2 });
    const after = pixelsOf(file);
    for (let i = 0; i < after.length; i++) {
      const [x, y] = [i % 256, Math.floor(i / 256) % 128];
      const isIn = y < 10 || (x >= 200 && y >= 100);
      expect(after[i] === 200).toBe(!isIn);
    }
  });

  it("on a device of another size or name blanks nothing", () => {
    const bytes = greyImage([white], { ...ULTRASOUND, ...DEVICE });
    const [other] = released(
      bytes,
      BLIND,
      profileOf(rule("[[0, 0, 256, 10]]", 256).replace("Scan*", "Scan 1")),
    );
    const [named] = released(bytes, BLIND, profileOf(rule("[[0, 0, 256, 10]]").replace("Scan*", "Scan 2")));
    for (const file of [other, named]) expect(pixelsOf(file).every((value) => value === 200)).toBe(true);
  });

  it.each([
    ["a box outside the image", rule("[[250, 0, 20, 10]]"), /line 8, devices\[1\]\.blank\[1\]/],
    ["no whole number", rule("[[0, 0, x, 10]]"), /line 8, devices\[1\]\.blank\[1\]/],
    ["a key that no rule has", `${rule("[[0, 0, 9, 9]]")}\n    colour: red`, /line 10, devices\[1\]\.colour/],
  ])("on a device is refused with line and key: %s", (_, lines, complaint) => {
    const refused = expect.toSatisfy(
      (error: unknown) => isElpisError(error, "PROFILE_INVALID") && complaint.test(error.message),
    );
    expect(() => profileOf(lines)).toThrow(refused);
  });

  it("on marks: a lone L stays, or goes", () => {
    const left = { left: 112, top: 16, width: 32, height: 32 };
    const stub = { finder: finderOf(left), reader: tools.reader };
    const bytes = greyImage([planeWithText(["L"], 26)]);
    const isWhite = ([file]: [DicomFile, unknown]) => pixelsOf(file).some((value) => value === 255);
    expect(isWhite(released(bytes, stub, profileOf("marks: keep")))).toBe(true);
    expect(isWhite(released(bytes, stub, profileOf("marks: blank")))).toBe(false);
  });
});

describe("pixel data elsewhere in the object", () => {
  it("in a kept private sequence stay as they are", () => {
    const nested = Uint8Array.of(1, 2, 3, 4);
    const lines = `safe-private:
  - creator: ACME 1.1
    group: "0009"
    element: "10"
    vr: SQ
    reason: a map`;
    const bytes = greyImage([planeWithText(NAME)], {
      ...ULTRASOUND,
      "(0009,0010) LO": "ACME 1.1",
      "(0009,1010) SQ": [{ "(7FE0,0010) OB": nested }],
    });
    const [{ data }] = released(bytes, tools, profileOf(lines));
    const sequence = data.find(parseTag("(0009,1010)"), ROOT);
    const [item] = data.items(sequence);
    expect(data.bytes(data.find(Tags.PixelData, item!))).toEqual(nested);
    expect(data.bytes(data.find(Tags.PixelData)).some((value) => value === 255)).toBe(false);
  });
});
