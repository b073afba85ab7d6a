import { describe, expect, it } from "vitest";
import { itWithStandard } from "../../test/support/standard.js";
import {
  CONFIDENTIALITY_OPTIONS,
  CONFIDENTIALITY_ROWS,
  type ConfidentialityOption,
  confidentialityRow,
  safePrivateAttribute,
} from "./confidentiality.js";
import { Tags } from "./dictionary.js";
import { parseTag } from "./tag.js";

const columns: Readonly<Record<ConfidentialityOption, string>> = {
  retainSafePrivate: "rtnSafePrivOpt",
  retainUids: "rtnUIDsOpt",
  retainDeviceIdentity: "rtnDevIdOpt",
  retainInstitutionIdentity: "rtnInstIdOpt",
  retainPatientCharacteristics: "rtnPatCharsOpt",
  retainFullDates: "rtnLongFullDatesOpt",
  modifiedDates: "rtnLongModifDatesOpt",
  cleanDescriptors: "cleanDescOpt",
  cleanStructuredContent: "cleanStructContOpt",
  cleanGraphics: "cleanGraphOpt",
};

/** A tag that a row governs: itself, or one of its pattern. */
function exampleOf(id: string): string {
  return id === "ggggeeee" ? "00091001" : id.replaceAll("x", "2");
}

describe("confidentialityRow", () => {
  itWithStandard(
    "table E.1-1",
    "gives every row of Table E.1-1 with its action and options",
    (rows: Record<string, string>[]) => {
      expect(rows).toHaveLength(657);
      for (const row of rows) {
        const given = CONFIDENTIALITY_OPTIONS.flatMap((option) =>
          row[columns[option]] ? [[option, row[columns[option]]]] : [],
        );
        expect(confidentialityRow(parseTag(exampleOf(row.id!))), row.id).toEqual({
          pattern: row.id!.toLowerCase(),
          name: row.name,
          basic: row.basicProfile,
          options: Object.fromEntries(given),
        });
      }
    },
  );

  it("has 657 rows, each reachable by a tag", () => {
    expect(CONFIDENTIALITY_ROWS).toHaveLength(657);
    const reached = CONFIDENTIALITY_ROWS.map((row) => confidentialityRow(parseTag(exampleOf(row.pattern))));
    expect(reached).toEqual(CONFIDENTIALITY_ROWS);
  });

  it("empties the patient's name and removes other names", () => {
    expect(confidentialityRow(Tags.PatientName)).toMatchObject({ basic: "Z", options: {} });
    expect(confidentialityRow(Tags.OtherPatientNames)).toMatchObject({ basic: "X" });
  });

  it("shifts or keeps dates under the two date options", () => {
    expect(confidentialityRow(Tags.StudyDate)).toMatchObject({
      basic: "Z",
      options: { retainFullDates: "K", modifiedDates: "C" },
    });
  });

  it.each([
    ["(5012,3000)", "Curve Data"],
    ["(50FE,0000)", "Curve Data"],
    ["(601E,3000)", "Overlay Data"],
    ["(6000,4000)", "Overlay Comments"],
    ["(0009,0010)", "Private Attributes"],
    ["(6001,3000)", "Private Attributes"],
  ])("governs %s by the row %s", (tag, name) => {
    expect(confidentialityRow(parseTag(tag))?.name).toBe(name);
  });

  it.each(["(6000,0010)", "(0028,0010)", "(7FE0,0010)"])("has no row for %s", (tag) => {
    expect(confidentialityRow(parseTag(tag))).toBeUndefined();
  });
});

describe("safePrivateAttribute", () => {
  itWithStandard(
    "table E.3.10-1",
    "gives every row of Table E.3.10-1",
    (rows: { tag: string; private_creator: string; vr: string; vm: string }[]) => {
      expect(rows).toHaveLength(479);
      for (const { tag, private_creator: creator, vr, vm } of rows) {
        const group = Number.parseInt(tag.slice(1, 5), 16);
        const attribute = safePrivateAttribute(creator, group, Number.parseInt(tag.slice(8, 10), 16));
        expect(attribute, `${creator} ${tag}`).toEqual({ vr: vr.split("/")[0] || "UN", vm });
      }
    },
  );

  it("finds the SUV factor whatever spaces surround the creator", () => {
    expect(safePrivateAttribute(" Philips PET Private Group ", 0x7053, 0x00)).toEqual({ vr: "DS", vm: "1" });
  });

  it.each([
    ["another creator", "Philips PET Private Group 2", 0x7053, 0x00],
    ["another case", "PHILIPS PET PRIVATE GROUP", 0x7053, 0x00],
    ["another group", "Philips PET Private Group", 0x7055, 0x00],
    ["another element", "Philips PET Private Group", 0x7053, 0x01],
    ["no creator", "", 0x7053, 0x00],
    ["a creator with a forged key", "Philips PET Private Group|28755|0", 0x7053, 0x00],
  ])("gives nothing for %s", (_, creator, group, element) => {
    expect(safePrivateAttribute(creator, group, element)).toBeUndefined();
  });
});
