import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { elpisInProcess } from "../../test/support/cli.js";
import { builtinProfile } from "../deid/index.js";

const STROKE = `name: stroke study
extends: research
options:
  add: [retain-device-identity]
attributes:
  PatientBirthDate:
    action: shifted-year
    reason: age at onset is an outcome of the study
  InstitutionName:
    action: replace
    value: Site 3
    reason: sites are compared under a number
safe-private:
  - creator: SIEMENS MR HEADER
    group: 0019
    element: 0c
    vr: IS
    reason: b value, checked on 40 exports of our scanner
patient-id: STROKE-{12}
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "elpis-profile-"));
  writeFileSync(join(folder, "stroke.yaml"), STROKE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const profile = (...args: string[]) => elpisInProcess(["profile", ...args], { XDG_CONFIG_HOME: folder });

it("says what a profile says, its bases resolved, with the digest", async () => {
  const { status, stdout } = await profile(join(folder, "stroke.yaml"));
  expect(status).toBe(0);
  for (const line of [
    /^profile stroke study$/m,
    /^digest +[0-9a-f]{64}$/m,
    /^patient-id +STROKE-\{12\}$/m,
    /^dates +shifted by -3650 to -1 days, per patient$/m,
    /^ {2}clean-descriptors$/m,
    /^ {2}retain-device-identity$/m,
    /^ {2}\(0008,0080\) InstitutionName: replace by "Site 3"\n {6}sites are compared under a number$/m,
    /^ {2}\(0010,0030\) PatientBirthDate: shifted-year$/m,
    /^ {2}\(0019,xx0C\) IS of SIEMENS MR HEADER$/m,
  ]) {
    expect(stdout).toMatch(line);
  }
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

it.each(["basic", "research", "limited"] as const)("gives the digest of %s to a program", async (name) => {
  const { status, stdout } = await profile(name, "--json");
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ name, digest: builtinProfile(name).digest, encryptTo: null });
});

it("gives rules and options to a program as profiles write them", async () => {
  const shown = JSON.parse((await profile(join(folder, "stroke.yaml"), "--json")).stdout);
  expect(shown.options).toContain("retain-device-identity");
  expect(shown.rules[0]).toEqual({
    tag: "(0008,0080)",
    keyword: "InstitutionName",
    action: "replace",
    value: "Site 3",
    reason: "sites are compared under a number",
  });
  expect(shown).toMatchObject({ dates: "shifted", dateShift: { minDays: -3650, maxDays: -1 } });
});

it("lists everything wrong in a profile, and exits with 2", async () => {
  const path = join(folder, "wrong.yaml");
  writeFileSync(path, "name: wrong\npatient-id: {12}\npixels: veted\n");
  const { status, stdout, stderr } = await profile(path);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/2 problems\n.*quote what begins with a brace: "\{12\}"\n.*did you mean vetted\?/);
});

it("names the profiles that come along for a name that is none", async () => {
  expect((await profile("reserch")).stderr).toContain("did you mean research?");
});
