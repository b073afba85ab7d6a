import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { crosswalkRecords } from "../../src/cli/csv.js";
import { findOriginal } from "../../src/cli/reidentify.js";
import { buildFile, type PlainDataSet, SopClass } from "../../src/dicom/index.js";
import { scratchFolder } from "../support/scratch.js";
import { optionsIn, run, siteKey } from "./run.js";

/** Whom an original's header names; people who never lived. */
const PEOPLE: readonly (readonly [string, PlainDataSet])[] = [
  ["an ID", { PatientID: "MRN-7001", PatientName: "Testperson^Anna" }],
  ["the same ID of one issuer", { PatientID: "MRN-7001", IssuerOfPatientID: "CLINIC, EAST" }],
  ["the same ID of another issuer", { PatientID: "MRN-7001", IssuerOfPatientID: "HOSPITAL" }],
  ["no ID, and no name", { PatientID: "" }],
  ["no ID, and a name", { PatientID: "", PatientName: "Testperson^Berta" }],
  ["no ID, and another name in the same study", { PatientID: "", PatientName: "Testperson^Carl" }],
  ["an ID that names nobody, and a birth date", { PatientID: "UNKNOWN", PatientBirthDate: "19500101" }],
];

describe("the crosswalk of a run", () => {
  it("leads back to every patient, and the key confirms each row by itself", async () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "in"));
    for (const [i, [, plain]] of PEOPLE.entries()) {
      const isUnnamed = plain.PatientID === "" || plain.PatientID === "UNKNOWN";
      const study = isUnnamed ? "1.2.3.100" : `1.2.3.${i}`;
      const file = buildFile({
        SOPClassUID: SopClass["MR Image Storage"]!,
        SOPInstanceUID: `1.2.3.${i}.1.1`,
        StudyInstanceUID: study,
        SeriesInstanceUID: `1.2.3.${i}.1`,
        ...plain,
      });
      writeFileSync(join(folder, `in/${i}`), file);
    }
    expect((await run(optionsIn(folder))).code).toBe(0);
    const rows = [...crosswalkRecords(join(folder, "out.crosswalk/patients.csv"))];
    expect(rows.map(({ old, issuer, study }) => [old, issuer, study]).sort()).toEqual([
      ["", "", "1.2.3.100"],
      ["", "", "1.2.3.100"],
      ["", "", "1.2.3.100"],
      ["", "", "1.2.3.100"],
      ["MRN-7001", "", ""],
      ["MRN-7001", "CLINIC, EAST", ""],
      ["MRN-7001", "HOSPITAL", ""],
    ]);
    expect(new Set(rows.map(({ renamed }) => renamed)).size).toBe(PEOPLE.length);
    const crosswalk = join(folder, "out.crosswalk");
    for (const { old, renamed, study } of rows) {
      const found = findOriginal({ id: renamed, siteKey, crosswalk, json: false });
      expect(found).toMatchObject({ old, confirmed: true, ...(old === "" && { study }) });
    }
  });
});
