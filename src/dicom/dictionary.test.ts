import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { itWithStandard } from "../../test/support/standard.js";
import { itWithTool } from "../../test/support/tools.js";
import { dictionaryEntry, dictionaryVrCode, Tags, tagOfKeyword } from "./dictionary.js";
import { parseTag, type Tag } from "./tag.js";
import { type VR, vrCode, vrOfCode } from "./vr.js";

interface SourceElement {
  readonly tag: string;
  readonly vr: string;
  readonly vm: string;
  readonly name: string;
  readonly keyword: string;
  readonly retired: boolean;
}

describe("dictionaryEntry", () => {
  itWithStandard(
    "PS3.6",
    "gives every element of PS3.6 as printed",
    ({ elements }: { elements: SourceElement[] }) => {
      for (const { tag, vr, vm, name, keyword, retired } of elements) {
        const entry = dictionaryEntry(parseTag(tag));
        expect({ ...entry, vr: entry?.vrChoices.join(" or ") || "NONE" }, tag).toMatchObject({
          vr,
          vm,
          name,
          keyword,
          retired,
        });
        if (keyword) expect(tagOfKeyword(keyword), keyword).toBe(parseTag(tag));
      }
      expect(elements).toHaveLength(5189);
    },
  );

  itWithStandard(
    "PS3.6",
    "finds every repeating element of PS3.6 under any x",
    ({ repeaters }: { repeaters: SourceElement[] }) => {
      for (const { tag, name } of repeaters) {
        expect(dictionaryEntry(parseTag(tag.replaceAll("x", "C")))?.name, tag).toBe(name);
      }
      expect(repeaters).toHaveLength(88);
    },
  );

  itWithStandard(
    "table E.1-1",
    "knows the attributes of Table E.1-1 that are newer than PS3.6 2024d",
    (rows: { id: string; name: string }[]) => {
      const single = rows.filter((row) => /^[0-9a-f]{8}$/i.test(row.id));
      expect(single).toHaveLength(653);
      expect(single.filter((row) => !dictionaryEntry(parseTag(row.id)))).toEqual([]);
    },
  );

  itWithTool("pydicom", "agrees with pydicom's dictionary wherever both know a tag", ({ pydicom }) => {
    const code =
      "import json;from pydicom._dicom_dict import DicomDictionary as D;" +
      "print(json.dumps([[t,v[0],v[4]] for t,v in D.items()]))";
    const rows = JSON.parse(execFileSync(pydicom, ["-c", code], { encoding: "utf8" })) as [
      Tag,
      string,
      string,
    ][];
    const differing = rows.filter(([tag, vr, keyword]) => {
      const entry = dictionaryEntry(tag);
      return (
        entry && keyword && (entry.keyword !== keyword || (entry.vrChoices.join(" or ") || "NONE") !== vr)
      );
    });
    expect(rows.length).toBeGreaterThan(4800);
    expect(differing).toEqual([]);
  });

  it.each([
    ["(0010,0012)", "NameToUse", "LT", "1"],
    ["(0010,0044)", "GenderIdentityCodeSequence", "SQ", "1"],
    ["(0010,0047)", "SexParametersForClinicalUseCategoryReference", "UR", "1-n"],
    ["(3004,007F)", "DoseCalculationModelName", "LO", "1"],
    ["(6002,3000)", "OverlayData", "OB", "1"],
    ["(501E,3000)", "CurveData", "OB", "1"],
    ["(0029,0010)", "PrivateCreator", "LO", "1"],
    ["(0029,0000)", "GroupLength", "UL", "1"],
    ["(FFFE,E000)", "Item", "UN", "1"],
  ])("gives %s as %s, %s, VM %s", (tag, keyword, vr, vm) => {
    expect(dictionaryEntry(parseTag(tag))).toMatchObject({ tag: parseTag(tag), keyword, vr, vm });
  });

  it.each(["(0029,1001)", "(0011,0003)", "(6001,3000)", "(0010,FFFF)", "(7777,1234)"])(
    "has no entry for %s",
    (tag) => expect(dictionaryEntry(parseTag(tag))).toBeUndefined(),
  );
});

describe("dictionaryVrCode", () => {
  it.each<[string, VR | undefined]>([
    ["(0010,0010)", "PN"],
    ["(7FE0,0010)", "OB"],
    ["(0028,0106)", "US"],
    ["(0020,3101)", "CS"],
    ["(6010,0050)", "SS"],
    ["(0008,0000)", "UL"],
    ["(0009,0000)", "UL"],
    ["(0009,00FF)", "LO"],
    ["(0009,0100)", undefined],
    ["(6001,1050)", undefined],
    ["(FFFE,E00D)", undefined],
    ["(0010,9999)", undefined],
  ])("of %s is %s", (tag, vr) => {
    expect(dictionaryVrCode(parseTag(tag))).toBe(vr ? vrCode(vr) : 0);
    if (vr) expect(vrOfCode(dictionaryVrCode(parseTag(tag)))).toBe(vr);
  });
});

describe("tagOfKeyword", () => {
  it("gives the first of a repeating group", () => {
    expect(tagOfKeyword("OverlayData")).toBe(parseTag("(6000,3000)"));
  });

  it.each(["", "-", "patientid", "toString"])("knows no keyword %j", (keyword) => {
    expect(tagOfKeyword(keyword)).toBeUndefined();
  });
});

it("Tags gives the dictionary's tag of each keyword", () => {
  for (const [keyword, tag] of Object.entries(Tags)) expect(tagOfKeyword(keyword), keyword).toBe(tag);
});
