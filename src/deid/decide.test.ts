import { describe, expect, it } from "vitest";
import {
  attributeType,
  CONFIDENTIALITY_OPTIONS,
  CONFIDENTIALITY_ROWS,
  type ConfidentialityOption,
  type ConfidentialityRow,
  dictionaryEntry,
  parseTag,
  SopClass,
  type Tag,
  Tags,
  tagOfKeyword,
} from "../dicom/index.js";
import { Decider } from "./decide.js";
import type { Decision, Operation } from "./decision.js";
import type { AttributeRule, Profile } from "./types.js";

function profile(options: readonly ConfidentialityOption[], rules: readonly AttributeRule[] = []): Profile {
  return {
    name: "test",
    options: new Set(options),
    rules: new Map(rules.map((rule) => [rule.tag, rule])),
    safePrivate: [],
    patientId: "{12}",
    patientName: "{12}",
    dateShift: { minDays: -30, maxDays: -1 },
    uidRoot: "2.25",
    pixels: "vetted",
    marks: "keep",
    devices: [],
    digest: "",
  };
}

const CT = SopClass["CT Image Storage"]!;
const rows = CONFIDENTIALITY_ROWS.filter(({ pattern }) => /^[0-9a-f]{8}$/.test(pattern)).map((row) => ({
  row,
  tag: parseTag(row.pattern),
}));

function decide(tag: Tag, options: readonly ConfidentialityOption[] = [], sopClass = CT): Decision {
  const decider = new Decider(profile(options));
  return decider.decide(tag, decider.root(sopClass));
}

/** Handled before the table is asked: pseudonyms, stamps, signatures, the object itself. */
const OWN_RULES = new Set<Tag>([
  Tags.PatientID,
  Tags.PatientName,
  Tags.DeidentificationMethod,
  parseTag("fffafffa"),
  parseTag("fffcfffc"),
  tagOfKeyword("ClinicalTrialSubjectID")!,
  tagOfKeyword("ClinicalTrialSubjectReadingID")!,
  tagOfKeyword("ClinicalTrialProtocolEthicsCommitteeName")!,
]);

/** Strictest first; a later one may stand for a compound action whose type asks for it. */
const BASIC: Readonly<Record<string, readonly Operation[]>> = {
  X: ["remove"],
  Z: ["empty"],
  U: ["uid"],
  D: ["dummy", "items", "uid"],
  "U*": ["items"],
};

describe("PS3.15 Table E.1-1", () => {
  it("has 657 rows, nearly all of single attributes", () => {
    expect(CONFIDENTIALITY_ROWS).toHaveLength(657);
    expect(rows.length).toBe(653);
  });

  it.each(rows.filter(({ tag }) => !OWN_RULES.has(tag)))(
    "$row.pattern $row.name is $row.basic under the Basic Profile",
    ({ row, tag }) => {
      const allowed = row.basic.split("/").flatMap((action) => BASIC[action]!);
      // Removed it would make the object invalid; empty it tells no more.
      if (attributeType(CT, [], tag) === "2C") allowed.push("empty");
      expect(allowed).toContain(decide(tag).operation);
    },
  );

  // Retain Safe Private has one row, that of all private attributes, which the walk decides.
  describe.each(CONFIDENTIALITY_OPTIONS.filter((option) => option !== "retainSafePrivate"))(
    "option %s",
    (option) => {
      it("keeps or cleans exactly the attributes that its column names", () => {
        for (const { row, tag } of rows) {
          if (OWN_RULES.has(tag)) continue;
          const with_ = decide(tag, [option]);
          const without = decide(tag);
          if (!row.options[option]) expect(with_.operation, row.name).toBe(without.operation);
          else expect(isExpected(row, option, with_), `${row.name} ${with_.operation}`).toBe(true);
        }
      });
    },
  );
});

function isExpected(row: ConfidentialityRow, option: ConfidentialityOption, decision: Decision): boolean {
  const { operation, vr } = decision;
  if (row.options[option] === "K") {
    const kept: readonly Operation[] = [
      "keep",
      "number",
      "text",
      "verbatim",
      "coded",
      "binary",
      "items",
      "age",
      "temporal",
      "class-uid",
    ];
    return kept.includes(operation);
  }
  if (vr === "DA" || vr === "DT") {
    // Dates that other patients share are removed, so that they do not reveal the shift.
    return ["shift", "remove", "empty", "dummy"].includes(operation);
  }
  // Bytes and pictures cannot be cleaned yet: the Basic Profile's action stands.
  if (vr === "OB" || option === "cleanGraphics") return ["remove", "dummy", "items"].includes(operation);
  return ["text", "coded", "items", "keep", "temporal", "remove"].includes(operation);
}

describe("compound actions", () => {
  it.each([
    ["StudyDate", CT, "empty", "2"],
    ["AccessionNumber", CT, "empty", "2"],
    ["SeriesDate", CT, "remove", "3"],
    ["AcquisitionDate", CT, "remove", "3"],
    ["StationName", CT, "remove", "3"],
    ["ContentDate", SopClass["Basic Text SR Storage"]!, "dummy", "1"],
    ["ContentDate", SopClass["Secondary Capture Image Storage"]!, "empty", "2C"],
    ["DeviceSerialNumber", SopClass["Enhanced CT Image Storage"]!, "dummy", "1"],
    ["RTPlanDate", SopClass["RT Plan Storage"]!, "dummy", "2"],
    ["ResponsiblePerson", CT, "empty", "2C"],
    ["PresentationCreationDate", SopClass["Grayscale Softcopy Presentation State Storage"]!, "dummy", "1"],
    ["PresentationCreationDate", CT, "remove", "absent"],
    ["SourceImageSequence", CT, "items", "3"],
  ])("%s in %s is %s, its type there being %s", (keyword, sopClass, operation, type) => {
    const tag = tagOfKeyword(keyword)!;
    expect(attributeType(sopClass, [], tag)).toBe(type);
    expect(decide(tag, [], sopClass).operation).toBe(operation);
  });

  it("leave no attribute of type 1 without a value and none of type 2 out, in any class", () => {
    for (const sopClass of Object.values(SopClass)) {
      for (const { row, tag } of rows) {
        if (tag === tagOfKeyword("ClinicalTrialProtocolEthicsCommitteeName")) continue;
        const { operation } = decide(tag, [], sopClass);
        const type = attributeType(sopClass, [], tag);
        const isDemanded = type === "1" || (type === "1C" && row.basic !== "X");
        if (isDemanded) expect(["remove", "empty"], row.name).not.toContain(operation);
        if (type === "2" || type === "2C") expect(operation, row.name).not.toBe("remove");
      }
    }
  }, 60_000);
});

describe("attributes without a row", () => {
  it("removes what PS3.6 does not know", () => {
    expect(decide(parseTag("(0008,9999)")).operation).toBe("remove");
    expect(decide(parseTag("(0002,9999)")).operation).toBe("remove");
  });

  it.each([
    ["Rows", "keep"],
    ["Modality", "coded"],
    ["Manufacturer", "text"],
    ["PixelSpacing", "number"],
    ["VolumeFrameOfReferenceUID", "uid"],
    ["SOPClassUID", "class-uid"],
    ["ReferencedFileID", "remove"],
    ["ExpiryDate", "dummy"],
    ["EvaluatorName", "empty"],
    ["RetrieveURI", "remove"],
    ["PixelData", "keep"],
  ])("%s is %s", (keyword, operation) => expect(decide(tagOfKeyword(keyword)!).operation).toBe(operation));

  it("shifts every date that the table does not name under Modified Dates", () => {
    expect(decide(tagOfKeyword("StudyUpdateDateTime")!, ["modifiedDates"]).operation).toBe("shift");
  });
});

describe("dates that several patients share", () => {
  it.each([
    "DateOfLastCalibration",
    "DateOfManufacture",
    "DateOfInstallation",
    "CalibrationDateTime",
    "ContextGroupVersion",
    "ContextGroupLocalVersion",
    "SourceStrengthReferenceDate",
    "DateOfLastDetectorCalibration",
  ])("%s is not shifted, since it would reveal the shift", (keyword) => {
    const options: ConfidentialityOption[] = ["modifiedDates", "retainDeviceIdentity"];
    expect(["remove", "empty", "dummy"]).toContain(decide(tagOfKeyword(keyword)!, options).operation);
  });
});

describe("attributes that may be there only with another", () => {
  const role = tagOfKeyword("ResponsiblePersonRole")!;
  it("go with it", () => expect(decide(role).operation).toBe("remove"));

  it("stay with it", () => {
    const rule = {
      tag: tagOfKeyword("ResponsiblePerson")!,
      action: "keep",
      reason: "owners agreed",
    } as const;
    const decider = new Decider(profile([], [rule]));
    expect(decider.decide(role, decider.root(CT)).operation).toBe("coded");
  });
});

describe("a profile's own rules", () => {
  it("outweigh the table", () => {
    const tag = Tags.PatientBirthDate;
    const decider = new Decider(profile([], [{ tag, action: "shifted-year", reason: "age groups" }]));
    const decision = decider.decide(tag, decider.root(CT));
    expect(decision.operation).toBe("shifted-year");
    expect(decision.why).toContain("age groups");
  });
});

describe("sequences of which only the form may stay", () => {
  const decider = new Decider(profile([]));
  const inside = (keyword: string) => {
    const root = decider.root(SopClass["Comprehensive SR Storage"]!);
    const tag = tagOfKeyword(keyword)!;
    return root.inside(tag, decider.strictnessInside(tag, root));
  };

  it("turn text into dummies, and keep codes and numbers of what is found", () => {
    const content = inside("ContentSequence");
    expect(decider.decide(tagOfKeyword("TextValue")!, content).operation).toBe("dummy");
    expect(decider.decide(tagOfKeyword("CodeMeaning")!, content).operation).toBe("text");
    expect(decider.decide(tagOfKeyword("NumericValue")!, content).operation).toBe("number");
  });

  it("turn codes into dummies too where they name a person or an institution", () => {
    const person = inside("PersonIdentificationCodeSequence");
    expect(decider.decide(tagOfKeyword("CodeValue")!, person).operation).toBe("dummy");
    expect(decider.decide(tagOfKeyword("CodeMeaning")!, person).operation).toBe("dummy");
  });

  it("are cleaned instead under Clean Structured Content", () => {
    const cleaning = new Decider(profile(["cleanStructuredContent", "cleanDescriptors"]));
    const root = cleaning.root(SopClass["Comprehensive SR Storage"]!);
    const tag = tagOfKeyword("ContentSequence")!;
    const content = root.inside(tag, cleaning.strictnessInside(tag, root));
    expect(cleaning.decide(tagOfKeyword("TextValue")!, content).operation).toBe("text");
  });
});

it("knows the VR of every row", () => {
  for (const { row, tag } of rows) expect(dictionaryEntry(tag), row.name).toBeDefined();
});
