import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { selfSigned } from "../../test/support/certificate.js";
import { problems, REASON, rule, site } from "../../test/support/profiles.js";
import { utf8 } from "../base/index.js";
import { CONFIDENTIALITY_OPTIONS, Tags, tagOfKeyword } from "../dicom/index.js";
import { BUILTIN_PROFILES, builtinProfile, parseProfile } from "./profile.js";
import { OPTION_NAMES, PROFILE_KEYS } from "./profiles/schema.js";

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
