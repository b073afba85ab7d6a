import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { selfSigned } from "../../test/support/certificate.js";
import { type ElpisError, isElpisError, utf8 } from "../base/index.js";
import { CONFIDENTIALITY_OPTIONS, Tags, tagOfKeyword } from "../dicom/index.js";
import { BUILTIN_PROFILES, builtinProfile, type ProfileFiles, parseProfile } from "./profile.js";
import { OPTION_NAMES, PROFILE_KEYS } from "./profiles/schema.js";
import {
  complainOfDates,
  complainOfPatientId,
  complainOfPatientName,
  complainOfUidRoot,
} from "./profiles/shapes.js";

const REASON = "approved by the data protection officer";

function site(lines: string, files: ProfileFiles = {}) {
  return parseProfile(`name: site\nextends: research\n${lines}`, "site.yaml", files);
}

/** The lines of a refusal, without its heading. */
function problems(text: string, files: ProfileFiles = {}): string[] {
  try {
    parseProfile(text, "site.yaml", files);
  } catch (error) {
    if (!isElpisError(error, "PROFILE_INVALID")) throw error;
    const [heading, ...lines] = (error as ElpisError).message.split("\n");
    const count = lines.length === 1 ? "1 problem" : `${lines.length} problems`;
    expect(heading).toBe(`profile site.yaml: ${count}`);
    return lines.map((line) => line.trim());
  }
  return [];
}

const siteProblems = (lines: string, files: ProfileFiles = {}) =>
  problems(`name: site\nextends: research\n${lines}`, files);
const rule = (attribute: string, action: string, rest = `reason: ${REASON}`) =>
  `attributes:\n  ${attribute}: {action: ${action}, ${rest}}\n`;

describe("the profiles that come along", () => {
  it.each([
    ["basic", []],
    [
      "research",
      [
        "cleanDescriptors",
        "cleanGraphics",
        "cleanStructuredContent",
        "modifiedDates",
        "retainPatientCharacteristics",
        "retainSafePrivate",
      ],
    ],
    [
      "limited",
      [
        "cleanDescriptors",
        "cleanGraphics",
        "cleanStructuredContent",
        "retainFullDates",
        "retainPatientCharacteristics",
        "retainSafePrivate",
      ],
    ],
  ] as const)("%s has these options: %s", (name, options) => {
    const profile = builtinProfile(name);
    expect([...profile.options].sort()).toEqual(options);
    expect(profile).toMatchObject({
      name,
      patientId: "{12}",
      patientName: "Patient^{8}",
      dateShift: { minDays: -3650, maxDays: -1 },
      uidRoot: "2.25",
      pixels: "examine",
      marks: "keep",
      devices: [],
      safePrivate: [],
    });
    expect(profile.rules.size).toBe(0);
    expect(profile).not.toHaveProperty("encryptTo");
  });

  it("are readable as files under another name, with the digest of the original", () => {
    for (const name of ["basic", "research", "limited"] as const) {
      const text = BUILTIN_PROFILES[name].replace(/^name: .*$/m, "name: copy");
      expect(parseProfile(text, "copy.yaml").digest).toBe(builtinProfile(name).digest);
    }
  });

  it("lend their names to nobody", () => {
    for (const name of ["basic", "research", "limited"]) {
      expect(problems(`name: ${name}\n`)).toEqual([
        `line 1, name: ${name} is a profile that comes along; choose another name`,
      ]);
    }
  });
});

describe("a profile", () => {
  it("takes from its base what it does not say itself", () => {
    const profile = site(
      "patient-id: SITE-{10}\ndates: {min-days: -400}\npixels: vetted\nuid-root: 1.3.6.1.4.1.99999\n",
    );
    expect(profile).toMatchObject({
      name: "site",
      patientId: "SITE-{10}",
      patientName: "Patient^{8}",
      dateShift: { minDays: -400, maxDays: -1 },
      pixels: "vetted",
      uidRoot: "1.3.6.1.4.1.99999",
    });
    expect(profile.options).toEqual(builtinProfile("research").options);
  });

  it("adds and removes options of its base, or lists its own", () => {
    const changed = site("options: {add: [retain-uids, retain-device-identity], remove: [clean-graphics]}\n");
    const expected = new Set(builtinProfile("research").options)
      .add("retainUids")
      .add("retainDeviceIdentity");
    expected.delete("cleanGraphics");
    expect(changed.options).toEqual(expected);
    expect(site("options: [retain-uids]\n").options).toEqual(new Set(["retainUids"]));
    expect(site("options: []\n").options.size).toBe(0);
  });

  it("knows every option of PS3.15 E.3", () => {
    const names = CONFIDENTIALITY_OPTIONS.map((option) =>
      option.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`),
    );
    const without = (name: string) => names.filter((other) => other !== name);
    for (const dates of ["retain-full-dates", "modified-dates"]) {
      expect(site(`options: [${without(dates).join(", ")}]\n`).options.size).toBe(
        CONFIDENTIALITY_OPTIONS.length - 1,
      );
    }
  });

  it("has rules by keyword or tag, each with its reason", () => {
    const lines = [
      "attributes:",
      `  PatientBirthDate: {action: shifted-year, reason: ${REASON}}`,
      `  (0008,1030): {action: keep, reason: ${REASON}}`,
      `  00081040: {action: replace, value: Radiology, reason: ${REASON}}`,
    ];
    expect([...site(lines.join("\n")).rules.values()]).toEqual([
      { tag: Tags.PatientBirthDate, action: "shifted-year", reason: REASON },
      { tag: Tags.StudyDescription, action: "keep", reason: REASON },
      {
        tag: tagOfKeyword("InstitutionalDepartmentName"),
        action: "replace",
        value: "Radiology",
        reason: REASON,
      },
    ]);
  });

  it("has a list of safe private elements, in hexadecimal as the standard prints them", () => {
    const line = `safe-private:\n  - {creator: VENDOR 01, group: 0029, element: 1a, vr: LO, reason: ${REASON}}\n`;
    expect(site(line).safePrivate).toEqual([
      { creator: "VENDOR 01", group: 0x0029, element: 0x1a, vr: "LO", reason: REASON },
    ]);
  });

  it("may replace an entry of the base's list of safe private elements, and add to it", () => {
    const entry = (element: string, vr: string) =>
      `{creator: A, group: 0029, element: ${element}, vr: ${vr}, reason: x}`;
    const files = {
      loadBase: () =>
        `name: b\nextends: research\nsafe-private: [${entry("10", "LO")}, ${entry("11", "LO")}]`,
    };
    const text = `name: a\nextends: b.yaml\nsafe-private: [${entry("10", "DS")}, ${entry("12", "IS")}]`;
    const list = parseProfile(text, "a.yaml", files).safePrivate.map(({ element, vr }) => [element, vr]);
    expect(list).toEqual([
      [0x11, "LO"],
      [0x10, "DS"],
      [0x12, "IS"],
    ]);
  });

  it("may clean a sequence", () => {
    expect(site(rule("RequestAttributesSequence", "clean")).rules.size).toBe(1);
  });

  it("extends another file, and that one a third; the nearest rule counts", () => {
    const files: Record<string, string> = {
      "group.yaml": `name: group\nextends: country.yaml\n${rule("StationName", "remove")}`,
      "country.yaml": `name: country\nextends: limited\n${rule("StationName", "keep")}pixels: vetted\n`,
    };
    const profile = parseProfile("name: site\nextends: group.yaml\n", "site.yaml", {
      loadBase: (name) => files[name],
    });
    expect(profile.rules.get(Tags.StationName)?.action).toBe("remove");
    expect(profile.pixels).toBe("vetted");
    expect(profile.options).toEqual(builtinProfile("limited").options);
  });
});

describe("the digest", () => {
  const changes: Record<string, string> = {
    option: "options: {add: [retain-uids]}",
    rule: rule("StationName", "keep"),
    "reason of a rule": rule("StationName", "keep", "reason: for another reason altogether"),
    "safe private element": `safe-private: [{creator: A, group: 0029, element: 10, vr: LO, reason: ${REASON}}]`,
    "form of the ID": "patient-id: A{12}",
    "form of the name": "patient-name: A^{8}",
    "range of shifts": "dates: {max-days: -2}",
    "UID root": "uid-root: 1.2.3",
    "pixel policy": "pixels: vetted",
  };
  it.each(Object.entries(changes))("changes with the %s", (_, lines) => {
    expect(site(lines).digest).not.toBe(site("").digest);
  });

  it("is the same for another name, another order and another way to write it", () => {
    const one = `attributes:\n  StationName: {action: keep, reason: ${REASON}}\n  PatientAge: {action: remove, reason: ${REASON}}\n`;
    const two = `attributes:\n  (0010,1010):\n    action: remove\n    reason: ${REASON}\n  00081010:\n    reason: ${REASON}\n    action: keep\n`;
    const other = parseProfile(`# a comment\nname: other\nextends: research\n${two}`, "other.yaml");
    expect(other.digest).toBe(site(one).digest);
    expect(site("").digest).toBe(builtinProfile("research").digest);
    expect(site("").digest).toMatch(/^[0-9a-f]{64}$/);
  });
});

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

describe("the shapes", () => {
  it.each([
    [complainOfPatientId, "{12}", undefined],
    [complainOfPatientId, "SITE-{4}-{4}", undefined],
    [complainOfPatientId, "{7}", /at least 8/],
    [complainOfPatientId, "{0}{12}", /no placeholder/],
    [complainOfPatientId, "{41}", /no placeholder/],
    [complainOfPatientId, "{twelve}", /no placeholder/],
    [complainOfPatientId, "{12", /brace is not closed/],
    [complainOfPatientId, `${"A".repeat(53)}{12}`, /longer than the 64/],
    [complainOfPatientId, "a\\{12}", /names a folder/],
    [complainOfPatientId, "../{12}", /names a folder/],
    [complainOfPatientId, "a/{12}", /names a folder/],
    [complainOfPatientName, "Patient^{8}", undefined],
    [complainOfPatientName, "Anonymous", undefined],
    [complainOfPatientName, "A^B^C^D^E^{8}", /5 components/],
    [complainOfPatientName, "A=B=C={8}", /3 groups/],
    [complainOfPatientName, "a\\{8}", /letters, digits/],
    [complainOfPatientName, "", /letters, digits/],
    [complainOfPatientName, `{40}${"A".repeat(25)}`, /longer than the 64/],
    [complainOfUidRoot, "2.25", undefined],
    [complainOfUidRoot, "1.2.826.0.1.3680043.9.99", undefined],
    [complainOfUidRoot, "1.2.826.0.1.3680043.9.999", /24 characters/],
    [complainOfUidRoot, "1.02", /leading zeros/],
    [complainOfUidRoot, "3.1", /no UID root/],
    [complainOfUidRoot, "1.2.", /no UID root/],
    [complainOfUidRoot, "1.40.1", /below 40/],
    [complainOfUidRoot, "1.2.840.10008.9", /own root/],
    [complainOfUidRoot, "2.25.7", /stands alone/],
  ])("%o judges %j", (complain, shape, expected) => {
    const found = complain(shape);
    if (expected) expect(found).toMatch(expected);
    else expect(found).toBeUndefined();
  });

  it.each([
    [-3650, -1, undefined],
    [-30, -1, undefined],
    [-15, 15, undefined],
    [-29, -1, /29 days/],
    [-14, 15, /29 days/],
    [0, 0, /0 days/],
    [5, -5, /above max-days/],
    [-40_000, -1, /36500 days/],
  ])("a shift by %i to %i days", (min, max, expected) => {
    const found = complainOfDates(min, max);
    if (expected) expect(found).toMatch(expected);
    else expect(found).toBeUndefined();
  });
});

describe("encrypt-to", () => {
  const good = selfSigned();
  const reading = (text: string): ProfileFiles => ({ readSibling: () => utf8(text) });

  it("holds the certificate itself, so that the digest does not depend on a path or on line ends", () => {
    const one = site("encrypt-to: a.pem", reading(good.certificatePem));
    const two = site(
      "encrypt-to: b.pem",
      reading(`a comment\r\n${good.certificatePem.replaceAll("\n", "\r\n")}`),
    );
    expect(one.encryptTo).toBe(good.certificatePem);
    expect(two.digest).toBe(one.digest);
    expect(one.digest).not.toBe(site("").digest);
  });

  it("asks for the path as it stands in the profile", () => {
    const asked: string[] = [];
    site("encrypt-to: keys/holder.pem", {
      readSibling: (path) => {
        asked.push(path);
        return utf8(good.certificatePem);
      },
    });
    expect(asked).toEqual(["keys/holder.pem"]);
  });

  it.each([
    ["no certificate", () => "hello", /not an X.509 certificate in PEM$/],
    [
      "a key that is too short",
      () => selfSigned("rsa", 1024).certificatePem,
      /its key is RSA of 1024 bits; RSA of 2048/,
    ],
    ["a key of another kind", () => selfSigned("ec").certificatePem, /its key is ec; RSA of 2048/],
    ["a private key", () => good.certificatePem + good.privateKeyPem, /holds a private key/],
  ])("is refused for %s", (_, text, expected) => {
    expect(siteProblems("encrypt-to: a.pem", reading(text()))).toEqual([
      expect.stringMatching(/^line 3, encrypt-to: a.pem: /),
    ]);
    expect(siteProblems("encrypt-to: a.pem", reading(text()))[0]).toMatch(expected);
  });

  it("is refused when the file cannot be read or is no text", () => {
    const failing = {
      readSibling: () => {
        throw new Error("ENOENT");
      },
    };
    expect(siteProblems("encrypt-to: a.pem", failing)[0]).toMatch(/a.pem cannot be read/);
    expect(siteProblems("encrypt-to: a.pem", { readSibling: () => Uint8Array.of(0xff, 0xfe) })[0]).toMatch(
      /not a text file$/,
    );
  });
});

describe("the guide to profiles", () => {
  const guide = readFileSync(new URL("../../docs/guides/profiles.md", import.meta.url), "utf8");

  it("shows profiles that are accepted", () => {
    const blocks = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, block]) => block!);
    const { certificatePem } = selfSigned();
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) {
      expect(problems(block, { readSibling: () => utf8(certificatePem) })).toEqual([]);
    }
  });

  it("shows the refusal of its example", () => {
    const [, example] = /^```yaml\n([\s\S]*?)^```/m.exec(guide)!;
    const wrong = example!.replace("PatientBirthDate", "PatientBirthDat").replace("hold", "veted");
    const shown = [...guide.matchAll(/^ {2}(line .*)$/gm)].map(([, line]) => line);
    expect(problems(wrong)).toEqual(shown);
  });

  it("names every key and option that there is", () => {
    for (const key of [...Object.keys(PROFILE_KEYS), ...OPTION_NAMES.keys()])
      expect(guide).toContain(`\`${key}\``);
  });
});
