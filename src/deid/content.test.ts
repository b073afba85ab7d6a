import { describe, expect, it } from "vitest";
import { applyToFiles, PATIENT } from "../../test/support/patient.js";
import { releasedFile } from "../../test/support/released.js";
import { buildFile, numbersOf, type PlainDataSet, SopClass, tagOfKeyword } from "../dicom/index.js";
import { ageInText, yearsPerUnit } from "./ages.js";

const code = (value: string, scheme: string, meaning = "x") => [
  { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning },
];
const SUBJECT_AGE = code("121033", "DCM");

/** What a report of one content item says after it was de-identified. */
function report(concept: PlainDataSet[], value: PlainDataSet) {
  const { PixelData: _, ...header } = PATIENT;
  const file = buildFile({
    ...header,
    SOPClassUID: SopClass["Comprehensive SR Storage"]!,
    ContentSequence: [{ RelationshipType: "CONTAINS", ConceptNameCodeSequence: concept, ...value }],
  });
  const [outcome] = applyToFiles([file]);
  const { data } = releasedFile(outcome);
  const within = (keyword: string, item?: number) => data.items(data.find(tagOfKeyword(keyword)!, item))[0]!;
  const item = within("ContentSequence");
  return {
    data,
    item,
    measured: (keyword: string) => data.find(tagOfKeyword(keyword)!, within("MeasuredValueSequence", item)),
  };
}

function measurement(concept: PlainDataSet[], unit: PlainDataSet[], value: PlainDataSet) {
  const { data, measured } = report(concept, {
    ValueType: "NUM",
    MeasuredValueSequence: [{ ...value, MeasurementUnitsCodeSequence: unit }],
  });
  return (keyword: string) => (measured(keyword) < 0 ? undefined : numbersOf(data, measured(keyword))[0]);
}

describe("an age in a report", () => {
  it.each([
    ["97", "a", "UCUM", 90],
    ["89.9", "a", "UCUM", 89.9],
    ["9.8e1", "a", "UCUM", 90],
    ["1164", "mo", "UCUM", 1080],
    ["1000", "mo", "UCUM", 1000],
    ["5000", "wk", "UCUM", 4696],
    ["34800", "d", "UCUM", 32872],
    ["800000", "h", "UCUM", 788940],
    ["9.7", "10.a", "UCUM", 9],
    ["97", "year", "99ACME", 90],
    ["1164", "258706009", "SCT", 1080],
    ["97", "U7", "99ACME", 90],
  ])("of %s %s (%s) becomes %d", (value, unit, scheme, expected) => {
    expect(measurement(SUBJECT_AGE, code(unit, scheme), { NumericValue: value })("NumericValue")).toBe(
      expected,
    );
  });

  it("is told by the meaning of its unit where the code tells none", () => {
    const age = (meaning: string) =>
      measurement(SUBJECT_AGE, code("U7", "99ACME", meaning), { NumericValue: "1164" })("NumericValue");
    expect(age("months")).toBe(1080);
    expect(age("hours")).toBe(1164);
  });

  it.each([
    ["LN", "30525-0", "Age"],
    ["99ACME", "AGE", "Patient Age"],
    ["99ACME", "A1", "age at examination"],
  ])("is told by its concept, of a site's own scheme too: %s %s", (scheme, value, meaning) => {
    const concept = code(value, scheme, meaning);
    expect(measurement(concept, code("a", "UCUM"), { NumericValue: "99" })("NumericValue")).toBe(90);
  });

  it.each([
    ["DCM", "121071", "Finding"],
    ["99ACME", "GA", "Gestational Age"],
    ["99ACME", "AV", "Average diameter"],
  ])("is no other measurement: %s %s %s", (scheme, value, meaning) => {
    const concept = code(value, scheme, meaning);
    expect(measurement(concept, code("mm", "UCUM"), { NumericValue: "99" })("NumericValue")).toBe(99);
  });

  it("goes where it stands in another form too, if it is over 89", () => {
    const age = (years: number) =>
      measurement(SUBJECT_AGE, code("a", "UCUM"), {
        NumericValue: String(years),
        FloatingPointValue: years + 0.25,
        RationalNumeratorValue: years * 100,
        RationalDenominatorValue: 100,
      });
    expect(age(97)("FloatingPointValue")).toBeUndefined();
    expect(age(97)("RationalNumeratorValue")).toBeUndefined();
    expect(age(45)("FloatingPointValue")).toBe(45.25);
    expect(age(45)("RationalNumeratorValue")).toBe(4500);
  });

  it.each([
    ["97", "90 years"],
    ["97 years", "90 years"],
    ["1164 months old", "90 years"],
    ["45 years", "45 years"],
    ["97 winters", "REMOVED"],
  ])("in words, %j, becomes %j", (text, expected) => {
    const { data, item } = report(SUBJECT_AGE, { ValueType: "TEXT", TextValue: text });
    expect(data.string(tagOfKeyword("TextValue")!, item)).toBe(expected);
  });

  it("that is no number does not stay", () => {
    const concept = code("121033", "DCM");
    expect(measurement(concept, code("a", "UCUM"), { NumericValue: "Zarquon" })("NumericValue")).toBe(0);
  });
});

describe("concepts that no list has", () => {
  it.each([
    ["Date of birth", { ValueType: "DATE", Date: "19551224" }, "Date", "19000101"],
    ["Patient Name", { ValueType: "TEXT", TextValue: "Hawkmoth" }, "TextValue", "REMOVED"],
    ["Referring Physician's Name", { ValueType: "TEXT", TextValue: "Hawkmoth" }, "TextValue", "REMOVED"],
    ["Procedure Name", { ValueType: "TEXT", TextValue: "Hawkmoth" }, "TextValue", "Hawkmoth"],
  ])("tell by their words who is meant: %s", (meaning, value, keyword, expected) => {
    const { data, item } = report(code("X1", "99ACME", meaning), value);
    expect(data.string(tagOfKeyword(keyword)!, item)).toBe(expected);
  });
});

it("units of time are years", () => {
  expect(["a", "10.a", "10*2.a", "wk", "parsec"].map((unit) => yearsPerUnit(unit, ""))).toEqual([
    1,
    10,
    100,
    1 / 52.18,
    1,
  ]);
  expect(["097Y", "89,5 years", "x"].map(ageInText)).toEqual(["90 years", "89,5 years", null]);
});
