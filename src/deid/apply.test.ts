import { describe, expect, it } from "vitest";
import { applyToFiles as apply, PATIENT } from "../../test/support/patient.js";
import {
  at,
  codesOf,
  everything,
  heldCodes,
  release,
  releasedFile,
  research,
} from "../../test/support/released.js";
import { concatBytes, fromLatin1, latin1 } from "../base/index.js";
import {
  buildFile,
  type PlainDataSet,
  parseTag,
  SopClass,
  Tags,
  TransferSyntax,
  tagOfKeyword,
} from "../dicom/index.js";
import { builtinProfile } from "./profile.js";

describe("identity", () => {
  const [file, outcome] = release({});

  it("gives the patient a keyed pseudonym", () => {
    expect(at(file, "PatientID")).toBe(outcome.patient.new);
    expect(outcome.patient.old).toBe("MRN-4471902");
    expect(at(file, "PatientName")).not.toContain("Quimbleton");
  });

  it("leaves none of the identifiers anywhere", () => {
    for (const value of [
      "Quimbleton",
      "Zephyrine",
      "4471902",
      "ACC88321",
      "Okonkwo",
      "19310405",
      "20240301",
      "1.2.3.1",
    ]) {
      expect(everything(file)).not.toContain(value);
    }
  });

  it("keeps the clinical words of a description", () => {
    expect(at(file, "StudyDescription")).toBe("CT CHEST W/O CONTRAST");
  });

  it("writes file meta information that names the new instance and nobody else", () => {
    expect(file.meta.string(Tags.MediaStorageSOPInstanceUID)).toBe(at(file, "SOPInstanceUID"));
    expect(at(file, "SOPInstanceUID")).toBe(outcome.instance.new);
  });

  it("empties the birth date, keeps sex, and caps the age at 90", () => {
    expect(file.data.find(Tags.PatientBirthDate)).toBeGreaterThan(-1);
    expect(at(file, "PatientBirthDate")).toBe("");
    expect(at(file, "PatientSex")).toBe("F");
    expect(at(file, "PatientAge")).toBe("090Y");
  });

  it("stamps what was done, and only that", () => {
    expect(at(file, "PatientIdentityRemoved")).toBe("YES");
    expect(at(file, "LongitudinalTemporalInformationModified")).toBe("MODIFIED");
    expect(file.data.find(Tags.BurnedInAnnotation)).toBe(-1);
    const codes = file.data.items(file.data.find(Tags.DeidentificationMethodCodeSequence));
    expect(codes.map((item) => at(file, "CodeValue", item))).toEqual([
      "113100",
      "113103",
      "113104",
      "113105",
      "113107",
      "113108",
      "113111",
    ]);
  });

  it("leaves pixel data alone", () => {
    expect([...file.data.bytes(file.data.find(Tags.PixelData))]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it.each([TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian])(
    "is the same in transfer syntax %s",
    (syntax) => {
      const [other, { patient }] = release({}, research, syntax);
      expect(other.transferSyntax).toBe(syntax);
      expect(patient.new).toBe(outcome.patient.new);
      expect(at(other, "StudyDate")).toBe(at(file, "StudyDate"));
      expect(at(other, "StudyDescription")).toBe(at(file, "StudyDescription"));
    },
  );
});

describe("dates under Modified Dates", () => {
  const toDays = (text: string) =>
    Date.UTC(+text.slice(0, 4), +text.slice(4, 6) - 1, +text.slice(6, 8)) / 86_400_000;

  it("move by the same whole days everywhere, and times stay", () => {
    const [file] = release({
      AcquisitionDateTime: "20240305101112.25+0100",
      SeriesDate: "20240302",
      RequestAttributesSequence: [{ ScheduledProcedureStepStartDate: "20240229" }],
    });
    const shift = toDays(at(file, "StudyDate")) - toDays("20240301");
    expect(shift).not.toBe(0);
    expect(toDays(at(file, "SeriesDate")) - toDays("20240302")).toBe(shift);
    const acquired = at(file, "AcquisitionDateTime");
    expect(toDays(acquired) - toDays("20240305")).toBe(shift);
    expect(acquired.slice(8)).toBe("101112.25+0100");
    expect(at(file, "StudyTime")).toBe("101112.5");
  });

  it("differ between patients, and a value that is no date does not stay", () => {
    const [one] = release({});
    const [two] = release({ PatientID: "other", StudyDate: "20240301" });
    expect(at(one, "StudyDate")).not.toBe(at(two, "StudyDate"));
    const [odd] = release({ SeriesDate: "QUIMBLE" });
    expect(everything(odd)).not.toContain("QUIMBLE");
  });
});

it("keeps the dates of an examination in text where full dates are retained, not that of birth", () => {
  const text = "compared with 01.03.2024, born 05.04.1931";
  const [limited] = release({ ImageComments: text }, builtinProfile("limited"));
  expect(at(limited, "ImageComments")).toContain("01.03.2024");
  expect(at(limited, "ImageComments")).not.toContain("1931");
  expect(at(release({ ImageComments: text })[0], "ImageComments")).not.toMatch(/2024|1931/);
});

describe("a value that is none of its VR, where anything might hide", () => {
  it.each([
    ["StudyTime", "Quimbleton"],
    ["ContextUID", "Quimbleton Zephyrine"],
    ["PatientAge", "MRN-4471902"],
    ["KVP", "Quimbleton"],
    ["InstanceNumber", "4471902"],
    ["ScanOptions", "QUIMBLETON"],
  ])("does not stay in %s", (keyword, value) => {
    const vr = keyword === "KVP" || keyword === "InstanceNumber" ? " LO" : "";
    const [file] = release({ [`${keyword}${vr}`]: value });
    expect(everything(file)).not.toContain(value);
  });

  it("does not stay under the VR of bytes or of text that the dictionary does not give it", () => {
    const text = new TextEncoder().encode("Quimbleton Zephyrine");
    const [file] = release({
      "(0008,103E) OB": text,
      "(0018,0060) UN": text,
      "(0018,1310) LO": "Quimbleton",
    });
    expect(everything(file)).not.toContain("Quimbleton");
  });
});

describe("attacks through a single value", () => {
  it.each([
    ["a date-time in a TM, beside the shifted dates", { AcquisitionTime: "20240305101500" }, "20240305"],
    ["a birth date in a TM", { AcquisitionTime: "19310405" }, "19310405"],
    ["a social security number in a TM", { AcquisitionTime: "123-45-6789" }, "123-45-6789"],
    ["a telephone number in a DS", { KVP: "555-867-5309" }, "555-867-5309"],
    ["the ID with a decimal point in a DS", { KVP: "4471902.0" }, "4471902"],
    ["the ID behind the decimal point of a DS", { KVP: "0.4471902" }, "4471902"],
    ["the ID with an exponent", { KVP: "4.471902e6" }, "4.471902"],
    ["a birth date in three numbers", { "(0018,1150) IS": "1931\\4\\5" }, "1931\\4\\5"],
    ["a birth date in three numbers, day first", { "(0018,1150) IS": "05\\04\\1931" }, "05\\04\\1931"],
    [
      "a name in the place of a character set",
      { SpecificCharacterSet: ["ISO_IR 100", "Quimbleton"] },
      "Quimbleton",
    ],
    ["the ID in a class UID", { ContextUID: "1.2.4.1931.4471902" }, "4471902"],
  ])("%s does not stay in what is released", (_, plain, value) => {
    expect(fromLatin1(buildFile({ ...PATIENT, ...plain }))).toContain(value);
    expect(everything(release(plain)[0])).not.toContain(value);
  });

  it("a name in the bytes of numbers is held", () => {
    const numbers = { "(0018,9461) FL": new TextEncoder().encode("Quimbleton^Maud ") };
    expect(heldCodes(numbers)).toEqual(["IDENTIFIER_IN_BINARY"]);
  });

  it("the day of birth in another date of the patient's is not shifted, which would show the shift", () => {
    const [file] = release({ DateOfSecondaryCapture: "19310405" });
    expect(["", "19000101"]).toContain(at(file, "DateOfSecondaryCapture"));
  });

  it("a name that another file has as the bytes of a date is searched for, in either order", () => {
    const asDate = buildFile({ ...PATIENT, "(0009,0010) LO": "X", "(0009,1001) DA": "Smithers^Jane" });
    const asName = buildFile({
      ...PATIENT,
      SOPInstanceUID: "1.2.3.1.1.2",
      StudyDescription: "CT Smithers chest",
      "(0009,0010) LO": "X",
      "(0009,1001) PN": "Smithers^Jane",
    });
    for (const files of [
      [asDate, asName],
      [asName, asDate],
    ]) {
      for (const outcome of apply(files)) {
        expect(everything(releasedFile(outcome))).not.toContain("Smithers");
      }
    }
  });

  it.each(["EthicsCommitteeApprovalEffectivenessStartDate", "DateOfLastCalibration", "TemplateVersion"])(
    "%s, which others share, does not come out shifted",
    (keyword) => {
      const [file] = release({ [keyword]: "20240101" });
      const study = at(file, "StudyDate");
      expect(["", "19000101", "19000101000000"]).toContain(at(file, keyword));
      expect(study).not.toBe("20240301");
    },
  );

  it.each(["19000101", "19700101", "99991231", "00010101"])(
    "%s, a placeholder, does not come out shifted beside true dates",
    (placeholder) => {
      const [file] = release({ SeriesDate: placeholder, AcquisitionDateTime: `${placeholder}120000` });
      expect(["", "19000101"]).toContain(at(file, "SeriesDate"));
      expect(["", "19000101000000"]).toContain(at(file, "AcquisitionDateTime"));
    },
  );

  it("shifts a placeholder where the patient has no other date that it could give away", () => {
    const only = { StudyDate: "19000101", PatientBirthDate: "" };
    const [file] = release(only);
    expect(at(file, "StudyDate")).toMatch(/^\d{8}$/);
    expect(at(file, "StudyDate")).not.toBe("19000101");
  });

  it("holds an object in which a tag stands twice, at any depth", () => {
    const twice = (plain: PlainDataSet) => {
      const bytes = buildFile({ ...PATIENT, ...plain });
      const text = fromLatin1(bytes).replace("\x08\0\x61\0", "\x08\0\x60\0");
      return codesOf(apply([latin1(text)])[0]!);
    };
    expect(twice({ Modality: "CT", "(0008,0061) CS": "US" })).toContain("DUPLICATE_ELEMENT");
    expect(twice({ RelatedSeriesSequence: [{ Modality: "CT", "(0008,0061) CS": "US" }] })).toContain(
      "DUPLICATE_ELEMENT",
    );
  });

  it.each([
    ["the length of an item's delimiter", "\xfe\xff\x0d\xe0"],
    ["the length of a sequence's delimiter", "\xfe\xff\xdd\xe0"],
    ["the reserved bytes of a header", "\x40\0\x75\x02SQ"],
  ])("holds %s that is not zero, for it would be passed on", (_, before) => {
    const last = latin1(
      "\x40\0\x75\x02SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff" +
        "\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0",
    );
    const { PixelData: __, ...header } = PATIENT;
    const bytes = concatBytes([buildFile(header), last]);
    expect(apply([bytes])[0]!.kind).toBe("released");
    const at = bytes.length - last.length + fromLatin1(last).indexOf(before) + before.length;
    bytes.set(latin1("Qu"), at);
    expect(codesOf(apply([bytes])[0]!)).toEqual(["UNJUDGED_ELEMENT"]);
  });

  it("holds an instance with two SOP Instance UIDs in one value", () => {
    const plain = { ...PATIENT, SOPInstanceUID: "1.2.3.1.1.1\\1.2.3.1.1.2" };
    expect(codesOf(apply([buildFile(plain)])[0]!)).toContain("NO_IDENTITY");
  });

  it("gives dummies for what a report's concepts say of a person or a device, and caps ages", () => {
    const item = (code: string, value: PlainDataSet) => ({
      RelationshipType: "CONTAINS",
      ConceptNameCodeSequence: [{ CodeValue: code, CodingSchemeDesignator: "DCM", CodeMeaning: "x" }],
      ...value,
    });
    const { PixelData: _, ...report } = PATIENT;
    const content: PlainDataSet = {
      SOPClassUID: SopClass["Comprehensive SR Storage"]!,
      ContentSequence: [
        item("121013", { ValueType: "TEXT", TextValue: "SCANNER-WARD-7" }),
        item("121031", { ValueType: "DATE", Date: "19310405" }),
        item("113723", { ValueType: "DATETIME", DateTime: "20230101120000" }),
        item("121033", {
          ValueType: "NUM",
          MeasuredValueSequence: [
            {
              NumericValue: "97",
              FloatingPointValue: 97.25,
              MeasurementUnitsCodeSequence: [
                { CodeValue: "a", CodingSchemeDesignator: "UCUM", CodeMeaning: "year" },
              ],
            },
          ],
        }),
        item("121071", { ValueType: "TEXT", TextValue: "a nodule of 97 mm" }),
        item("99001", { ValueType: "DATE", Date: "19310405" }),
      ],
    };
    const [file] = release(content, research, undefined, report as typeof PATIENT);
    const items = file.data.items(file.data.find(tagOfKeyword("ContentSequence")!));
    expect(at(file, "TextValue", items[0])).toBe("REMOVED");
    expect(at(file, "Date", items[1])).toBe("19000101");
    expect(at(file, "DateTime", items[2])).toBe("19000101000000");
    expect(at(file, "Date", items[5])).toBe("19000101");
    const measured = file.data.items(file.data.find(tagOfKeyword("MeasuredValueSequence")!, items[3]))[0];
    expect(at(file, "NumericValue", measured)).toBe("90");
    expect(file.data.find(tagOfKeyword("FloatingPointValue")!, measured)).toBe(-1);
    expect(at(file, "TextValue", items[4])).toBe("a nodule of 97 mm");
  });
});

it("keeps the body part that was examined, though the patient is called so", () => {
  const [file] = release({ PatientName: "Chest^Zephyrine", BodyPartExamined: "CHEST", ScanOptions: "CHEST" });
  expect(at(file, "BodyPartExamined")).toBe("CHEST");
  expect(at(file, "ScanOptions")).not.toBe("CHEST");
});

describe("nesting", () => {
  const nested = (depth: number): PlainDataSet =>
    depth === 0
      ? {
          PatientName: "Quimbleton^Zephyrine",
          TextValue: "seen with Zephyrine Quimbleton",
          StudyDate: "20240301",
        }
      : { RelatedSeriesSequence: [nested(depth - 1)], ReferencedSOPInstanceUID: `1.2.3.77.${depth}` };

  it("reaches depth 5, private sequences and UN", () => {
    const [file] = release({ RelatedSeriesSequence: [nested(5)] });
    expect(everything(file)).not.toMatch(/Quimbleton|Zephyrine|20240301|1\.2\.3\.77/);
  });

  it("removes private sequences with all they hold", () => {
    const [file] = release({
      "(0009,0010) LO": "ACME 1",
      "(0009,1001) SQ": [{ PatientName: "Quimbleton^Zephyrine" }],
      "(0009,1002) UN": new Uint8Array(16),
    });
    expect(file.data.find(parseTag("(0009,0010)"))).toBe(-1);
    expect(file.data.find(parseTag("(0009,1001)"))).toBe(-1);
  });
});
