import { expect, it } from "vitest";
import { applyToFiles, PATIENT } from "../../test/support/patient.js";
import { releasedFile } from "../../test/support/released.js";
import { buildFile, type PlainDataSet, parseTag } from "../dicom/index.js";
import { parseProfile } from "./profile.js";

/** Series Type, Transmitting Coil and Text Font of Philips; Units of another. */
const CREATORS: PlainDataSet = { "(2001,0010) LO": "Philips Imaging DD 001", "(0099,0010) LO": "NQHeader" };

function kept(tag: string, vr: string, value: string, profile?: string): string {
  const file = buildFile({ ...PATIENT, ...CREATORS, [`${tag} ${vr}`]: value });
  const [outcome] = applyToFiles(
    [file],
    profile === undefined ? undefined : parseProfile(profile, "site.yaml"),
  );
  return releasedFile(outcome).data.string(parseTag(tag));
}

/** The same attribute on a site's own list, which does not say what it holds. */
const SITE = `
name: site
extends: research
safe-private:
  - { creator: Philips Imaging DD 001, group: "2001", element: "6E", vr: SH, reason: seen }
`;

it.each([
  ["a surname", "(2001,108B)", "SH", "Fernandez"],
  ["a surname in small letters", "(2001,108B)", "SH", "fernandez"],
  ["two words that no table knows", "(2001,106E)", "SH", "Quibblewick Thad"],
  ["the same in capitals, as names are written", "(2001,106D)", "LO", "QUIBBLEWICK^THAD"],
  ["a name behind a setting", "(0099,1005)", "LT", "ok Quibblewick, Thaddea"],
])(
  "a safe private text that says what a device did loses %s of somebody nobody announced",
  (_, tag, vr, value) => {
    expect(kept(tag, vr, value)).not.toMatch(/fernandez|quibble|thad/i);
  },
);

it("a text that only the site calls safe keeps them, for it may be any text", () => {
  expect(kept("(2001,106E)", "SH", "Quibblewick Thad")).toBe("");
  expect(kept("(2001,106E)", "SH", "Quibblewick Thad", SITE)).toBe("Quibblewick Thad");
});

it.each([
  ["(2001,108B)", "SH", "Q-Body"],
  ["(2001,108B)", "SH", "SENSE-Head-8"],
  ["(2001,1087)", "SH", "1H"],
  ["(2001,106D)", "LO", "Arial"],
  ["(2001,106E)", "SH", "Image   MRSERIES"],
  ["(2001,109D)", "LO", "NO_SUBTRACTION"],
  ["(0099,1020)", "SH", "mm/s"],
  ["(0099,1005)", "LT", "Processing completed. MprageSense T1w 3D"],
  ["(0099,1005)", "LT", "fracture of the pelvic ring, binder in place"],
])("what devices write there stays: %s %s %s", (tag, vr, value) => {
  expect(kept(tag, vr, value)).toBe(value);
});
