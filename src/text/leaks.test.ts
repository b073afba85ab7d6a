import { describe, expect, it } from "vitest";
import { fromLatin1, seededRandom } from "../base/index.js";
import { compileIdentifiers, isTellingCode, type KnownIdentifiers, tellingRuns } from "./index.js";

const known = (part: Partial<KnownIdentifiers>) =>
  compileIdentifiers({ names: [], ids: [], dates: [], other: [], ...part });
const NOBODY = known({});

describe("isTellingCode", () => {
  it.each([
    ["WILSON HEAD", ["Wilson^Ottoline"]],
    ["BAKER_OPT", ["Baker^Tom"]],
    ["ZARQUON", ["Zarquon^Ilse"]],
    ["IZARQUON", ["Zarquon^Ilse"]],
    ["DR SMITHERS", []],
    ["MR_QUIBBLEWICK", []],
    ["555-867-5309", []],
    ["JANE@X.ORG", []],
    ["1960 MAY 2", []],
    ["02-05-1960", []],
    ["MRN 4711990", []],
    ["MARIA FERNANDEZ", []],
  ])("tells of %j", (value, names) => expect(isTellingCode(value, known({ names }), true)).toBe(true));

  it("leaves dates that the profile keeps", () => {
    expect(isTellingCode("02-05-1960", NOBODY, false)).toBe(false);
    expect(isTellingCode("02-05-1960", known({ dates: ["19600502"] }), false)).toBe(true);
  });

  const codes =
    "FAST_SPIN|MR ANGIO|DR CHEST|MR WS1|CT_SOM5 PROT|PFF|SAT_GAP|EDR_GEMS|VASCULAR TOF|SP MP|TIME_OF_FLIGHT|B70F|FC08-H|BONEPLUS|STANDARD|CBCT|W_PL|ROOM 12|STATION 3|AE_STORE01|DCM4CHEE|PACS-1|GEMS_FILT_3|ACR_4|2D_1.5T|IEC6127|LSPINE|C1-C2|L-5|F18|T2_TSE|FL3D|MOLYBDENUM|RHODIUM|NEG|UNSPECIFIED|HIGH|10.2.1|MIP|GR|SE";
  it.each(codes.split("|"))("passes %j", (value) => {
    // Initials and parts of whose names are codes themselves
    const matcher = known({
      names: ["Rose^Grace", "Park^Mia Ivy", "Store^Ann"],
      ids: ["12"],
      dates: ["19600502"],
    });
    expect(isTellingCode(value, matcher, true)).toBe(false);
  });
});

describe("tellingRuns", () => {
  const wide = (text: string) => [...text].map((c) => `${c}\0`).join("");
  const ann = known({ names: ["Xoe^Ann"], ids: ["4711990"], dates: ["19600131"] });
  it.each([
    ["a short name among words", "\0\x01acspdesc Xoe \0\xff"],
    ["a number", "\x02\x03id=4711990;\x04"],
    ["a date", "\x02 31.01.1960 \x04"],
    ["a date with its month in words", "\x02 31 Jan 1960 \x04"],
    ["a date in the American order", "\x02January 31, 1960\x04"],
    ["a name in UTF-16", `\x00\x00${wide("Xoe Ann")}\xff\xfe`],
    ["a name in UTF-16 of the other order", `\x01\0${wide("ANN XOE")}`],
    ["a titled stranger", "\0\0acsp Dr. Smithers \0"],
    ["an address", "\x9fsmithers@clinic.org\0"],
    ["a phone", "\x9fcall 555-867-5309\0"],
    ["a social security number", "\x9fssn 123-45-6789\0"],
    ["a number behind its cue", "\x9fMRN: 88231\0"],
    ["somebody's date of birth", "\x9fDOB 12/24/1971\0"],
  ])("find %s", (_, bytes) => expect(tellingRuns(bytes, ann)).toBe(true));

  it.each([
    [
      "a colour profile",
      "\0acspAPPL\0\0sRGB IEC61966-2.1 Copyright (c) 1998 Hewlett-Packard Company http://www.color.org\0",
    ],
    ["a version", "\0Version 3.4.0.0 build 20190411 +0000019.000 -0.00144151004497\0"],
    ["settings of a machine", '<Class> "PipeLinkService@MrParc"'],
    ["a ramp", Array.from({ length: 512 }, (_, i) => String.fromCharCode(i & 255)).join("")],
  ])("pass %s", (_, bytes) => expect(tellingRuns(bytes, ann)).toBe(false));

  it("pass noise, dark pixels and printable bytes by chance", () => {
    const random = seededRandom(20261120);
    const sources = [
      () => random() * 256,
      () => (random() + random() + random()) * 40,
      () => 32 + random() * 95,
    ];
    const matcher = known({ names: ["Doe^Ann", "Kim^Bo", "Lee^Al"], ids: ["0045821"], dates: ["19600502"] });
    const hits = sources.flatMap((next) =>
      Array.from({ length: 8 }, () =>
        tellingRuns(fromLatin1(Uint8Array.from({ length: 65_536 }, next)), matcher),
      ),
    );
    expect(hits.filter(Boolean).length).toBe(0);
  });
});
