import { describe, expect, it } from "vitest";
import { problems, REASON, rule, siteProblems } from "../../test/support/profiles.js";
import { parseProfile } from "./profile.js";

describe("a wrong profile is refused with line, key and what would be right", () => {
  it.each([
    ["optoins: []", "line 3, optoins: no such key; did you mean options?"],
    ["colour: red", /^line 3, colour: no such key; there are name, extends, options, /],
    ["options: [retain-uid]", "line 3, options[1]: not one of the choices; did you mean retain-uids?"],
    ["options: retain-uids", /^line 3, options: a list of options is expected/],
    ["options: [clean-graphics, clean-graphics]", "line 3, options[2]: stands there twice"],
    ["options: {remove: [retain-uids]}", "line 3, options.remove[1]: research has no such option"],
    [
      "options: {add: [retain-uids], remove: [retain-uids]}",
      "line 3, options.remove[1]: is added and removed at once",
    ],
    ["options: {ad: []}", "line 3, options.ad: no such key; did you mean add?"],
    [
      rule("PatientNmae", "remove"),
      "line 4, attributes.PatientNmae: not a keyword of PS3.6; did you mean PatientName?",
    ],
    [rule("studydescription", "remove"), /did you mean StudyDescription\?$/],
    [rule("Quux", "remove"), /not a keyword of PS3.6; write it as PatientAge or as \(0010,1010\)$/],
    [rule("(0028,7777)", "remove"), /not in PS3.6; unknown attributes are always removed$/],
    [rule("(0029,1010)", "keep"), /name it by its creator under safe-private$/],
    [
      rule("PatientAge", "kep"),
      "line 4, attributes.PatientAge.action: not one of the choices; did you mean keep?",
    ],
    [
      rule("PatientAge", "remove", "reason: ''"),
      /^line 4, attributes.PatientAge.reason: a reviewer will ask why/,
    ],
    [rule("PatientAge", "remove", "value: x"), "line 4, attributes.PatientAge.reason: is missing"],
    [
      rule("PatientAge", "keep", `value: 045Y, reason: ${REASON}`),
      "line 4, attributes.PatientAge: a value belongs to replace, not to keep",
    ],
    ["attributes: [PatientAge]", /^line 3, attributes: a map of attributes is expected/],
    [
      "attributes: {PatientAge: keep}",
      /^line 3, attributes.PatientAge: \{action: ..., reason: ...\} is expected$/,
    ],
    [
      `attributes:\n  PatientAge: {action: remove, reason: x}\n  (0010,1010): {action: empty, reason: x}`,
      /^line 5, .*\(0010,1010\) has a rule already$/,
    ],
    ["safe-private: {creator: A}", "line 3, safe-private: a list is expected"],
    [
      "safe-private: [{creator: A, group: 0028, element: 10, vr: LO, reason: x}]",
      /group: a private group is odd/,
    ],
    [
      "safe-private: [{creator: A, group: 0029, element: 1010, vr: LO, reason: x}]",
      /^line 3, safe-private\[1\].element: the low byte/,
    ],
    [
      "safe-private: [{creator: A, group: 0029, element: 10, vr: XX, reason: x}]",
      /^line 3, safe-private\[1\].vr: not one of the choices/,
    ],
    [
      "safe-private: [{creator: 'A\\B', group: 0029, element: 10, vr: LO, reason: x}]",
      /creator: a private creator has at most 64/,
    ],
    [
      "safe-private:\n- &a {creator: A, group: 0029, element: 10, vr: LO, reason: x}\n- *a",
      /^line 5, safe-private\[2\]: this element stands in the list already$/,
    ],
    ["dates: {min-days: soon}", "line 3, dates.min-days: a whole number of days is expected"],
    ["dates: {max-days: -3640}", /^line 3, dates: leaves 11 days to choose from/],
    ["pixels: veted", "line 3, pixels: not one of the choices; did you mean vetted?"],
    ["patient-id: {12}", 'line 3, patient-id: text is expected; quote what begins with a brace: "{12}"'],
    [
      "safe-private: [{creator: A, group: '0019', element: '0c', vr: XX, reason: checked}]",
      /not one of the choices; there are AE, AS, /,
    ],
    ["pixels: [hold]", /^line 3, pixels: not one of the choices/],
    ["patient-id: P", /^line 3, patient-id: needs at least 8 characters of the hash/],
    ["encrypt-to: nowhere.pem", /^line 3, encrypt-to: nowhere.pem cannot be read/],
  ])("%s", (lines, expected) => {
    const found = siteProblems(lines);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
    if (typeof expected === "string") expect(found[0]).toBe(expected);
  });

  it("all at once, in the order of the lines", () => {
    const found = siteProblems(
      `pixels: maybe\nuid-root: "1.02"\n${rule("PatientID", "keep")}options: [clean-all]\n`,
    );
    expect(found.map((line) => /^line (\d+)/.exec(line)?.[1])).toEqual(["3", "4", "6", "7"]);
  });

  it.each([
    ["nothing", "", /^line 1: a map is expected, with the keys name, /],
    ["a list", "- basic\n", /^line 1: a map is expected/],
    ["broken YAML", "name: a\npixels: [hold\n", /^line \d: Flow sequence/],
    ["a key twice", "name: a\nname: b\n", /^line 2: Map keys must be unique$/],
    ["a tag that runs code", "name: !!js/function a\n", /^line 1: Unresolved tag/],
    ["an alias of nothing", "name: *a\n", /^line 1: Unresolved alias/],
    ["no name", "pixels: hold\n", /^line 1, name: is missing/],
    [
      "changes of options without a base",
      "name: a\noptions: {add: [retain-uids]}\n",
      /add and remove need a base/,
    ],
  ])("when it is %s", (_, text, expected) => {
    expect(problems(text)).toEqual([expect.stringMatching(expected)]);
  });

  it("when its aliases unfold without end", () => {
    const levels = Array.from(
      { length: 20 },
      (_, i) => `k${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}, *a${i}]`,
    );
    expect(problems(`k0: &a0 [x]\n${levels.join("\n")}\n`)).toEqual([expect.stringMatching(/alias/)]);
  });

  it("when it is longer than a megabyte", () => {
    expect(() => parseProfile("#".repeat(1_100_000), "big.yaml")).toThrow("profile big.yaml: longer than");
  });

  it("naming the base when the base is wrong", () => {
    const files = { loadBase: () => "name: base\npixels: maybe\n" };
    expect(() => parseProfile("name: a\nextends: base.yaml\n", "a.yaml", files)).toThrow(
      /^profile base.yaml: 1 problem\n {2}line 2, pixels:/,
    );
  });

  it("when its base is unknown, itself, or a circle", () => {
    expect(problems("name: a\nextends: reserch\n")[0]).toMatch(
      /^line 2, extends: neither .*did you mean research\?$/,
    );
    expect(problems("name: a\nextends: other.yaml\n")[0]).toMatch(/basic, research, limited come along$/);
    expect(problems("name: a\nextends: site.yaml\n")[0]).toMatch(
      /goes round in a circle: site.yaml extends site.yaml$/,
    );
    const circle = {
      loadBase: (name: string) => `name: b\nextends: ${name === "b.yaml" ? "c" : "b"}.yaml\n`,
    };
    expect(() => parseProfile("name: a\nextends: b.yaml\n", "a.yaml", circle)).toThrow(
      "goes round in a circle: a.yaml extends b.yaml extends c.yaml extends b.yaml",
    );
    const endless = { loadBase: (name: string) => `name: b\nextends: ./${name}\n` };
    expect(() => parseProfile("name: a\nextends: b.yaml\n", "a.yaml", endless)).toThrow(
      "goes round in a circle",
    );
  });
});

describe("what a privacy officer would not sign is refused", () => {
  it.each([
    ["PatientID", "keep", /set by patient-id$/],
    ["PatientID", "remove", /set by patient-id$/],
    ["PatientName", "keep", /set by patient-name$/],
    ["(0010,0010)", "replace", /set by patient-name$/],
    ["SOPInstanceUID", "keep", /retain-uids/],
    ["StudyInstanceUID", "keep", /retain-uids/],
    ["ReferencedSOPInstanceUID", "keep", /is never kept/],
    ["OtherPatientIDs", "keep", /is never kept/],
    ["DigitalSignaturesSequence", "keep", /a signature no longer holds/],
    ["MACParametersSequence", "keep", /digital signatures/],
    ["PatientIdentityRemoved", "replace", /writes it anew/],
    ["BurnedInAnnotation", "replace", /only when it is true/],
    ["RecognizableVisualFeatures", "remove", /only when it is true/],
    ["PixelData", "remove", /see pixels$/],
    ["MediaStorageSOPInstanceUID", "keep", /file meta information/],
    ["SpecificCharacterSet", "remove", /how to read the text/],
    ["SOPClassUID", "remove", /the object means nothing/],
  ])("a rule for %s: %s", (attribute, action, expected) => {
    expect(siteProblems(rule(attribute, action))).toEqual([expect.stringMatching(expected)]);
  });

  it("a direct identifier kept for a reason that is none", () => {
    expect(siteProblems(rule("InstitutionName", "keep", "reason: needed"))).toEqual([
      expect.stringMatching(/protects it \(.*\); to keep it, give a reason of at least 10 characters$/),
    ]);
    expect(siteProblems(rule("InstitutionName", "keep"))).toEqual([]);
    expect(siteProblems(rule("InstitutionName", "remove", "reason: needed"))).toEqual([]);
    expect(siteProblems(rule("SliceThickness", "keep", "reason: needed"))).toEqual([]);
  });

  it("full dates and modified dates together, also when they meet through the base", () => {
    expect(siteProblems("options: [retain-full-dates, modified-dates]")).toEqual([
      "line 3, options: retain-full-dates and modified-dates exclude each other; choose one",
    ]);
    expect(siteProblems("options: {add: [retain-full-dates]}")).toHaveLength(1);
  });

  it("a true date beside shifted ones, and a shifted one beside true ones", () => {
    expect(siteProblems(rule("StudyDate", "keep"))).toEqual([
      expect.stringMatching(/^line 4.*reveals the shift; use shift$/),
    ]);
    const limited = (lines: string) => problems(`name: a\nextends: limited\n${lines}`);
    expect(limited(rule("StudyDate", "shift"))).toEqual([expect.stringMatching(/reveals the shift$/)]);
    expect(limited(rule("StudyDate", "keep"))).toEqual([]);
    const basic = (lines: string) => problems(`name: a\nextends: basic\n${lines}`);
    expect(basic(rule("StudyDate", "keep"))).toEqual([]);
    const both = `${rule("StudyDate", "keep")}  SeriesDate: {action: shift, reason: ${REASON}}\n`;
    expect(basic(both)).toEqual([expect.stringMatching(/^line 4, attributes.StudyDate/)]);
  });

  it("a true date of the base beside the options of this file", () => {
    const files = { loadBase: () => `name: base\nextends: basic\n${rule("StudyDate", "keep")}` };
    expect(problems("name: a\nextends: base.yaml\noptions: [modified-dates]\n", files)).toEqual([
      expect.stringMatching(/^line 3, options: \(0008,0020\): .*reveals the shift/),
    ]);
  });

  it("safe private elements without the option that keeps them", () => {
    const list = `safe-private: [{creator: A, group: 0029, element: 10, vr: LO, reason: ${REASON}}]\n`;
    expect(problems(`name: a\nextends: basic\n${list}`)).toEqual([
      "line 3, safe-private: the list of safe private elements needs the option retain-safe-private",
    ]);
  });

  it.each([
    ["PatientAge", "shift", /shift is for dates \(DA, DT\); this attribute is AS$/],
    ["StudyTime", "shift", /this attribute is TM$/],
    ["PatientSex", "shifted-year", /this attribute is CS$/],
    ["StudyDate", "clean", /for a date use shift$/],
    ["FrameOfReferenceUID", "clean", /for a UID use uid$/],
    ["StudyDescription", "uid", /uid is for UIDs; this attribute is LO$/],
    ["StudyDescription", "replace", /replace needs a value$/],
    ["Rows", "replace", /replace needs a value$/],
  ])("an action that %s cannot take: %s", (attribute, action, expected) => {
    expect(siteProblems(rule(attribute, action))).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    ["StudyDescription", "Brain", undefined],
    ["StudyDescription", "x".repeat(65), /65 characters; LO holds 64$/],
    ["StudyDescription", "a\\b", /backslash/],
    ["StudyDescription", "Kopf, präoperativ", /ASCII/],
    ["StudyDescription", "' '", /use empty instead of replace$/],
    ["PatientSex", "O", undefined],
    ["PatientSex", "other", /capital letters/],
    ["PatientBirthDate", "19700101", undefined],
    ["PatientBirthDate", "1970-01-01", /YYYYMMDD$/],
    ["PatientBirthDate", "19701301", /YYYYMMDD$/],
    ["PatientAge", "045Y", undefined],
    ["PatientAge", "45", /045Y$/],
    ["PatientWeight", "70.5", undefined],
    ["PatientWeight", "heavy", /a number/],
    ["Rows", "1", /replace is for text; this attribute is US/],
    ["ReferencedStudySequence", "x", /replace is for text; this attribute is SQ/],
  ])("a value that does not fit: %s becomes %s", (attribute, value, expected) => {
    const found = siteProblems(
      rule(attribute, "replace", `value: ${JSON.stringify(value.replace(/'/g, ""))}, reason: x`),
    );
    expect(found).toEqual(expected ? [expect.stringMatching(expected)] : []);
  });
});
