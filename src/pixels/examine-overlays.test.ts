import { beforeAll, describe, expect, it } from "vitest";
import { emptyPlane, overlayOf, planeWithOutline, planeWithText } from "../../test/support/overlays.js";
import { BLIND, BLIND_READER, finderOf, realTools } from "../../test/support/pixel-tools.js";
import {
  buildFile,
  type DataSet,
  memorySource,
  type PlainDataSet,
  readFile,
  SopClass,
} from "../dicom/index.js";
import type { PixelTools } from "./examination.js";
import { examineOverlays } from "./examine-overlays.js";

let tools: PixelTools;
beforeAll(async () => {
  tools = await realTools();
});

const NAME = ["QUIMBLETON", "ZEPHYRINE"];

function dataOf(...overlays: readonly PlainDataSet[]): DataSet {
  const uids = { SOPClassUID: SopClass["CT Image Storage"]!, SOPInstanceUID: "2.25.1" };
  return readFile(memorySource(buildFile(Object.assign({}, uids, ...overlays)))).data;
}

const shown = (data: DataSet, given: PixelTools, keepMarks = true) =>
  examineOverlays(data, given, { keepMarks }).map(({ shows }) => shows);

describe("an overlay", () => {
  it("with a name shows text, and tells where, in its own pixels", () => {
    const [found] = examineOverlays(dataOf(overlayOf([planeWithText(NAME)])), tools, { keepMarks: true });
    expect(found).toMatchObject({ group: 0x6000, shows: "text" });
    expect(found!.text.length).toBeGreaterThan(0);
    expect(JSON.stringify(found)).not.toMatch(/QUIMBLETON|ZEPHYRINE/);
  });

  it.each([
    ["no bit set", emptyPlane()],
    ["the outline of a finding", planeWithOutline()],
  ])("with %s shows none", (_, plane) => {
    expect(shown(dataOf(overlayOf([plane])), tools)).toEqual(["no text"]);
  });

  it("with a name in its last frame shows text", () => {
    const planes = [emptyPlane(), emptyPlane(), planeWithText(NAME)];
    expect(shown(dataOf(overlayOf(planes)), tools)).toEqual(["text"]);
  });

  it("is judged by itself: one of two has the name", () => {
    const data = dataOf(overlayOf([planeWithOutline()]), overlayOf([planeWithText(NAME)], 0x6002));
    expect(shown(data, tools)).toEqual(["no text", "text"]);
  });

  it.each([
    ["without rows", { ...overlayOf([emptyPlane()]), "(6000,0010) US": 0 }],
    ["with data that are too short", { ...overlayOf([emptyPlane()]), "(6000,0010) US": 999 }],
    ["in bits of Pixel Data", { "(6000,0010) US": 2, "(6000,0011) US": 2, "(6000,0102) US": 12 }],
  ])("%s is not examined", (_, overlay) => {
    expect(shown(dataOf(overlay), tools)).toEqual(["unexamined"]);
  });
});

describe("with a detector switched off", () => {
  const data = () => dataOf(overlayOf([planeWithText(NAME)]));

  it("the reader still sees a name that the finder misses", () => {
    expect(shown(data(), { finder: finderOf(), reader: tools.reader })).toEqual(["text"]);
  });

  it("the finder still sees a name that nobody reads", () => {
    expect(shown(data(), { finder: tools.finder, reader: BLIND_READER })).toEqual(["text"]);
  });

  it("a short name passes both", () => {
    expect(shown(dataOf(overlayOf([planeWithText(["LEE"])])), BLIND)).toEqual(["no text"]);
  });
});

describe("a lone mark of side", () => {
  const data = (frames: number) =>
    dataOf(overlayOf(Array.from({ length: frames }, () => planeWithText(["L"], 24))));

  it("stays, but not where the profile blanks marks, nor where it may come and go", () => {
    const finder = finderOf({ left: 112, top: 16, width: 32, height: 32 });
    const seen = { finder, reader: tools.reader };
    expect(shown(data(1), seen)).toEqual(["no text"]);
    expect(shown(data(1), seen, false)).toEqual(["text"]);
    expect(shown(data(2), seen)).toEqual(["text"]);
  });
});
