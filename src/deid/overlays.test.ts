import { beforeAll, describe, expect, it } from "vitest";
import { emptyPlane, overlayOf, planeWithOutline, planeWithText } from "../../test/support/overlays.js";
import { applyToFiles, PATIENT, projectKeys } from "../../test/support/patient.js";
import { BLIND, realTools } from "../../test/support/pixel-tools.js";
import { releasedFile } from "../../test/support/released.js";
import {
  buildFile,
  type DicomFile,
  groupOf,
  makeTag,
  memorySource,
  type PlainDataSet,
  readFile,
  TransferSyntax,
} from "../dicom/index.js";
import type { PixelTools } from "../pixels/index.js";
import { builtinProfile, parseProfile } from "./profile.js";

let tools: PixelTools;
beforeAll(async () => {
  tools = await realTools();
});

const research = builtinProfile("research");
const NAMED = ["QUIMBLETON", "ZEPHYRINE"];
const [DESCRIPTION, LABEL, COMMENTS] = [0x0022, 0x1500, 0x4000].map((element) => makeTag(0x6000, element));

function released(plain: PlainDataSet, profile = research, using?: PixelTools, syntax?: string): DicomFile {
  const [outcome] = applyToFiles([buildFile({ ...PATIENT, ...plain }, syntax)], profile, projectKeys, using);
  return releasedFile(outcome);
}

/** Groups of overlays at the top level. */
function groups({ data }: DicomFile): number[] {
  const found = new Set<number>();
  for (let token = 0; token < data.tokens.count; token = data.tokens.next[token]!) {
    const group = groupOf(data.tagAt(token));
    if (group >= 0x6000 && group <= 0x60ff) found.add(group);
  }
  return [...found];
}

describe("an overlay without text", () => {
  const plain = overlayOf([planeWithOutline()]);

  it.each([TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRLittleEndian])(
    "stays bit for bit under Clean Graphics where it was examined, in %s",
    (syntax) => {
      const before = readFile(memorySource(buildFile({ ...PATIENT, ...plain }, syntax))).data;
      const { data } = released(plain, research, tools, syntax);
      for (const element of [0x0010, 0x0011, 0x0040, 0x0050, 0x0100, 0x0102, 0x3000]) {
        const tag = makeTag(0x6000, element);
        expect([...data.bytes(data.find(tag))]).toEqual([...before.bytes(before.find(tag))]);
      }
    },
  );

  const changed = (line: string) => parseProfile(`name: x\nextends: research\n${line}\n`, "x.yaml");
  it.each([
    ["the profile has no Clean Graphics", changed("options: {remove: [clean-graphics]}")],
    ["pixels are not examined", changed("pixels: hold")],
    ["a person vouches for the pixels", changed("pixels: vetted")],
    ["the profile is the plain Basic Profile", builtinProfile("basic")],
  ])("goes where %s", (_, profile) => {
    expect(groups(released(plain, profile, tools))).toEqual([]);
  });

  it("goes where nobody can look", () => {
    expect(groups(released(plain))).toEqual([]);
  });

  it("goes beyond the groups that the standard knows", () => {
    expect(groups(released(overlayOf([planeWithOutline()], 0x6020), research, tools))).toEqual([]);
  });

  it("keeps its label and comments as text is kept: cleaned", () => {
    const text = {
      "(6000,0022) LO": "Contour of Quimbleton",
      "(6000,1500) LO": "Contour Zephyrine",
      "(6000,4000) LT": "drawn for Mrs Quimbleton",
    };
    const { data } = released({ ...plain, ...text }, research, tools);
    const values = [DESCRIPTION!, LABEL!, COMMENTS!].map((tag) => data.string(tag));
    expect(values[0]).toMatch(/^Contour/);
    expect(values.join()).not.toMatch(/quimbleton|zephyrine/i);
  });
});

describe("an overlay that shows a name", () => {
  const plain = { ...overlayOf([planeWithText(NAMED)]), "(6000,1500) LO": "Annotation" };

  it("goes as a whole, and the one beside it stays", () => {
    const both = { ...plain, ...overlayOf([planeWithOutline()], 0x6002) };
    expect(groups(released(both, research, tools))).toEqual([0x6002]);
  });

  it("goes with all frames where one of them shows it", () => {
    const planes = [emptyPlane(), planeWithText(NAMED)];
    expect(groups(released(overlayOf(planes), research, tools))).toEqual([]);
  });

  it("goes as a whole where it cannot be read", () => {
    expect(groups(released({ ...plain, "(6000,0010) US": 9999 }, research, tools))).toEqual([]);
  });

  it("would stay if the detectors were switched off", () => {
    expect(groups(released(overlayOf([planeWithText(["LEE"])]), research, BLIND))).toEqual([0x6000]);
    expect(groups(released(overlayOf([planeWithText(["LEE"])]), research, tools))).toEqual([]);
  });
});
