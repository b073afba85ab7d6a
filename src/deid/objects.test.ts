import { describe, expect, it } from "vitest";
import { buildFile, memorySource, type PlainDataSet, readFile, SopClass } from "../dicom/index.js";
import { OBJECT_RULES, objectReasons } from "./objects.js";
import { builtinProfile } from "./profile.js";
import type { Profile } from "./types.js";

const hold = builtinProfile("research");
const vetted: Profile = { ...hold, pixels: "vetted" };

/** Codes of the reasons to hold an object of a class with these attributes. */
function codes(sopClass: string, attributes: PlainDataSet = {}, profile = vetted): string[] {
  const bytes = buildFile({ ...attributes, SOPClassUID: sopClass, SOPInstanceUID: "2.25.1" });
  return objectReasons(readFile(memorySource(bytes)), sopClass, profile).map(({ code }) => code);
}

describe("the rules of objects", () => {
  const named = OBJECT_RULES.flatMap(({ classes }) => classes.map((uid) => `1.2.840.10008.${uid}`));

  it("are one for each class of the standard", () => {
    expect([...named].sort()).toEqual(Object.values(SopClass).sort());
  });

  it.each([
    ["CT Image Storage", [], []],
    ["Label Map Segmentation Storage", [], []],
    ["Comprehensive SR Storage", [], []],
    ["12-lead ECG Waveform Storage", [], []],
    ["Ultrasound Image Storage", [], ["PIXELS_NOT_EXAMINED"]],
    ["Secondary Capture Image Storage", [], ["PIXELS_NOT_EXAMINED"]],
    ["X-Ray Angiographic Image Storage", [], ["PIXELS_NOT_EXAMINED"]],
    ["VL Endoscopic Image Storage", [], ["PIXELS_NOT_EXAMINED"]],
    ["Video Endoscopic Image Storage", ["CLASS_HELD"], ["CLASS_HELD"]],
    ["Encapsulated PDF Storage", ["CLASS_HELD"], ["CLASS_HELD"]],
    ["Encapsulated STL Storage", ["CLASS_HELD"], ["CLASS_HELD"]],
    ["Raw Data Storage", ["CLASS_HELD"], ["CLASS_HELD"]],
    ["Basic Voice Audio Waveform Storage", ["CLASS_HELD"], ["CLASS_HELD"]],
    ["Standalone Overlay Storage", ["CLASS_HELD"], ["CLASS_HELD"]],
  ])("%s: %j when the pixels are vetted, else %j", (name, whenVetted, otherwise) => {
    expect(codes(SopClass[name]!)).toEqual(whenVetted);
    expect(codes(SopClass[name]!, {}, hold)).toEqual(otherwise);
  });

  it("hold a class that the standard does not name", () => {
    expect(codes("1.3.46.670589.11.0.0.12.1")).toEqual(["CLASS_HELD"]);
  });
});

describe("what an object says of itself", () => {
  const [ct, xa, slide] = [
    "CT Image Storage",
    "X-Ray Angiographic Image Storage",
    "VL Whole Slide Microscopy Image Storage",
  ].map((name) => SopClass[name]!) as [string, string, string];

  it.each<[string, string, PlainDataSet, string[]]>([
    ["Burned In Annotation YES is believed", ct, { BurnedInAnnotation: "YES" }, ["PIXELS_NOT_EXAMINED"]],
    ["Burned In Annotation NO is believed of angiography", xa, { BurnedInAnnotation: "NO" }, []],
    [
      "a screen save is not a slice",
      ct,
      { ImageType: ["DERIVED", "SECONDARY", "SCREEN SAVE"] },
      ["PIXELS_NOT_EXAMINED"],
    ],
    ["a digitised film may bear text", ct, { ConversionType: "DF" }, ["PIXELS_NOT_EXAMINED"]],
    [
      "pixels that lie at an address are not there to be judged",
      ct,
      { PixelDataProviderURL: "https://pixels.example/1" },
      ["CLASS_HELD"],
    ],
    ["a slide's volume has no label", slide, { ImageType: ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"] }, []],
    [
      "a slide's label is held",
      slide,
      { ImageType: ["ORIGINAL", "PRIMARY", "LABEL", "NONE"] },
      ["CLASS_HELD"],
    ],
    [
      "an overview shows the label",
      slide,
      { ImageType: ["ORIGINAL", "PRIMARY", "OVERVIEW", "NONE"] },
      ["CLASS_HELD"],
    ],
    ["a slide may say that its label shows", slide, { SpecimenLabelInImage: "YES" }, ["CLASS_HELD"]],
  ])("%s", (_title, sopClass, attributes, expected) => {
    expect(codes(sopClass, attributes, hold)).toEqual(expected);
  });

  it("holds overlay planes in the bits of Pixel Data, whoever has vetted them", () => {
    const overlay = { "(6000,0010) US": 1, "(6000,0011) US": 1, "(6000,0100) US": 16, "(6000,0102) US": 12 };
    expect(codes(ct, { BitsAllocated: 16, ...overlay })).toEqual(["EMBEDDED_OVERLAY"]);
    const own = {
      "(6000,0010) US": 1,
      "(6000,0100) US": 1,
      "(6000,0102) US": 0,
      "(6000,3000) OW": new Uint8Array(2),
    };
    expect(codes(ct, { BitsAllocated: 16, ...own })).toEqual([]);
  });

  it.each([
    ["data of its own beside a bit position", { "(6000,0102) US": 12, "(6000,3000) OW": new Uint8Array(2) }],
    ["empty data", { "(6000,0100) US": 1, "(6000,3000) OW": new Uint8Array(0) }],
    ["no rows", { "(6000,0100) US": 16, "(6000,0102) US": 12 }],
  ])("is not misled about an overlay by %s", (_, overlay) => {
    expect(codes(ct, { BitsAllocated: 16, ...overlay })).toEqual(["EMBEDDED_OVERLAY"]);
  });
});
