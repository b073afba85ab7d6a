import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { elpisInProcess, type Ran } from "../../test/support/cli.js";
import { deriveProjectKeys, patientKeyOf, pseudonyms } from "../deid/index.js";
import { crosswalkRows } from "./csv.js";
import { writeSamples } from "./demo.js";
import { PEOPLE } from "./samples/index.js";
import { createSiteKey, readSiteKey } from "./site-key.js";

let work: string;
const at = (name: string) => join(work, name);
const elpis = (...args: string[]): Promise<Ran> => elpisInProcess(args, { XDG_CONFIG_HOME: at("config") });
const release = () =>
  JSON.parse(readFileSync(at("out/release.json"), "utf8")) as { key: string; instances: { path: string }[] };
const ISSUER = PEOPLE.musterfrau.issuer;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "elpis-key-holder-"));
  writeSamples(at("samples"));
  createSiteKey(at("wrong.key"));
  const run = ["--project", "p1", "--recipient", "r1", "--jobs", "1"];
  expect((await elpis("deidentify", at("samples"), "--out", at("out"), ...run)).status).toBe(3);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("reidentify", () => {
  const back = (id: string, crosswalk: string, ...more: string[]) =>
    elpis("reidentify", id, "--crosswalk", at(crosswalk), ...more);
  const rows = (name: string) => [...crosswalkRows(at(`out.crosswalk/${name}`))];

  it("leads back from every new Patient ID and UID, and the key confirms each", async () => {
    const patients = rows("patients.csv");
    expect(patients.map(([old]) => old)).toContain(PEOPLE.yamada.patientId);
    for (const [old, renamed] of patients) {
      expect(await back(renamed, "out.crosswalk", "--issuer", ISSUER)).toEqual({
        status: 0,
        stdout: `${old}\n`,
        stderr: "",
      });
    }
    for (const [old, renamed] of rows("uids.csv")) {
      const { stdout } = await back(renamed, "out.crosswalk", "--json");
      expect(JSON.parse(stdout)).toEqual({ kind: "uid", old, new: renamed, confirmed: true });
    }
  });

  /** A crosswalk with rows of the run, but with the columns that are named. */
  function rewritten(folder: string, header: string, line: (old: string, renamed: string) => string): string {
    mkdirSync(at(folder), { recursive: true });
    copyFileSync(at("out.crosswalk/journal.jsonl"), at(`${folder}/journal.jsonl`));
    copyFileSync(at("out.crosswalk/uids.csv"), at(`${folder}/uids.csv`));
    const lines = rows("patients.csv").map(([old, renamed]) => line(old, renamed));
    writeFileSync(at(`${folder}/patients.csv`), `${[header, ...lines].join("\n")}\n`);
    return folder;
  }
  const run = ["--project", "p1", "--recipient", "r1"];

  it("recomputes a row with the issuer that the crosswalk tells", async () => {
    const folder = rewritten(
      "with-issuer",
      "id_old,id_new,issuer_old,study_old",
      (old, renamed) => `${old},${renamed},${ISSUER},`,
    );
    const [[old, renamed]] = rows("patients.csv") as [readonly [string, string]];
    expect(await back(renamed, folder, ...run)).toEqual({ status: 0, stdout: `${old}\n`, stderr: "" });
    const { stdout } = await back(renamed, folder, ...run, "--json");
    expect(JSON.parse(stdout)).toEqual({
      kind: "patient",
      old,
      new: renamed,
      issuer: ISSUER,
      confirmed: true,
    });
  });

  it("refuses a row whose issuer is another", async () => {
    const folder = rewritten(
      "wrong-issuer",
      "id_old,id_new,issuer_old",
      (old, renamed) => `${old},${renamed},ELSEWHERE`,
    );
    const [[, renamed]] = rows("patients.csv") as [readonly [string, string]];
    expect((await back(renamed, folder, ...run)).status).toBe(2);
  });

  it("says that a row was not recomputed where nobody tells the issuer", async () => {
    const folder = rewritten("no-issuer", "id_old,id_new", (old, renamed) => `${old},${renamed}`);
    const [[old, renamed]] = rows("patients.csv") as [readonly [string, string]];
    const { status, stdout, stderr } = await back(renamed, folder, ...run);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${old}\n` });
    expect(stderr).toContain("--issuer");
  });

  it("gives the study of a patient without an ID", async () => {
    const secret = readSiteKey(at("config/elpis/site.key"));
    const keys = deriveProjectKeys(secret, "p1", "r1");
    const shape = { patientId: "{12}", patientName: "" };
    const { patientId } = pseudonyms(patientKeyOf("", "", "1.2.3"), shape, keys);
    rewritten(
      "no-id",
      "id_old,id_new,issuer_old,study_old",
      (old, renamed) => `${old},${renamed},${ISSUER},`,
    );
    appendFileSync(at("no-id/patients.csv"), `"",${patientId},"",1.2.3\n`);
    const { status, stdout, stderr } = await back(patientId, "no-id", ...run);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "1.2.3\n" });
    expect(stderr).toContain("Study Instance UID");
  });

  it("asks whether the crosswalk beside a release was meant", async () => {
    expect(await back("UNKNOWN", "out/")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`did you mean ${at("out.crosswalk")}?`),
    });
  });

  it("knows no new ID that the crosswalk does not hold", async () => {
    expect(await back("UNKNOWN", "out.crosswalk")).toMatchObject({ status: 1, stdout: "" });
    const { stdout } = await back("UNKNOWN", "out.crosswalk", "--json");
    expect(JSON.parse(stdout).error.code).toBe("NOT_FOUND");
  });

  it.each([
    ["another key", ["--site-key", "wrong.key"]],
    ["another project", ["--project", "p2"]],
    ["another recipient", ["--recipient", "r2"]],
    ["another issuer", ["--issuer", "ELSEWHERE"]],
  ])("refuses %s", async (_, [option = "", value = ""]) => {
    const [[, renamed]] = rows("patients.csv") as [readonly [string, string]];
    const given = option === "--site-key" ? at(value) : value;
    const { stdout } = await back(renamed, "out.crosswalk", option, given, "--json");
    expect(JSON.parse(stdout).error.code).toBe("SITE_KEY_MISMATCH");
    expect((await back(renamed, "out.crosswalk", option, given)).status).toBe(2);
  });

  it.each(["patients.csv", "uids.csv"])("refuses a forged row of %s", async (name) => {
    mkdirSync(at("forged"), { recursive: true });
    const renamed = rows(name).at(-1)![1];
    for (const empty of ["patients.csv", "uids.csv"]) writeFileSync(at(`forged/${empty}`), "id_old,id_new\n");
    writeFileSync(at(`forged/${name}`), `id_old,id_new\n1.2.3,${renamed}\n`);
    expect(await back(renamed, "forged", ...run)).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("trace", () => {
  const ask = (id: string, ...more: string[]) =>
    elpis("trace", id, at("out"), "--issuer", ISSUER, "--json", ...more);

  it("finds every study, series and instance of a patient without the crosswalk", async () => {
    const { status, stdout } = await ask(PEOPLE.musterfrau.patientId);
    expect(status).toBe(0);
    const [found] = JSON.parse(stdout).releases;
    expect(found).toMatchObject({
      out: at("out"),
      project: "p1",
      recipient: "r1",
      found: "present",
      studies: 2,
    });
    const files = readdirSync(join(at("out"), found.patientId), { recursive: true, withFileTypes: true });
    expect(found.instances).toBe(files.filter((entry) => entry.isFile()).length);
  });

  it("tells a release without the patient from one that another key made", async () => {
    expect(JSON.parse((await ask("MRN-NOBODY")).stdout).releases[0]).toMatchObject({
      found: "absent",
      instances: 0,
    });
    mkdirSync(at("foreign"));
    writeFileSync(at("foreign/release.json"), JSON.stringify({ ...release(), key: "0123456789abcdef" }));
    const { status, stdout } = await ask(PEOPLE.musterfrau.patientId, at("foreign"));
    expect(status).toBe(1);
    expect(JSON.parse(stdout).releases[1]).toMatchObject({
      out: at("foreign"),
      found: "another key",
      instances: 0,
    });
  });

  /** The release without the crosswalk beside it, or with one of these rows. */
  function alone(name: string, ...patients: string[]): string {
    mkdirSync(at(name));
    copyFileSync(at("out/release.json"), at(`${name}/release.json`));
    if (patients.length === 0) return at(name);
    mkdirSync(at(`${name}.crosswalk`));
    const lines = ["id_old,id_new,issuer_old,study_old", ...patients];
    writeFileSync(at(`${name}.crosswalk/patients.csv`), `${lines.join("\n")}\n`);
    return at(name);
  }

  it("says under what it found nobody, and names the issuer where none was told", async () => {
    const { stdout, stderr } = await elpis("trace", PEOPLE.musterfrau.patientId, alone("alone"));
    expect(stdout).toMatch(/ p1 +r1 +absent +under this ID without issuer$/m);
    expect(stderr).toContain("--issuer");
    const told = await elpis("trace", PEOPLE.musterfrau.patientId, at("alone"), "--issuer", "ELSEWHERE");
    expect(told.stdout).toMatch(/ absent +under this ID with issuer ELSEWHERE$/m);
    expect(told.stderr).toBe("");
  });

  it("tries the issuers that a crosswalk beside a release tells", async () => {
    const folder = alone("with-crosswalk", `SOMEBODY,XXXXXXXX,${ISSUER},`);
    const { stdout } = await elpis("trace", PEOPLE.musterfrau.patientId, folder);
    expect(stdout).toMatch(new RegExp(`present +as \\S+: 2 studies, .*; issuer ${ISSUER}$`, "m"));
    const absent = await elpis("trace", "MRN-NOBODY", folder);
    expect(absent.stdout).toMatch(
      new RegExp(`absent +under this ID without issuer or with issuer ${ISSUER}$`, "m"),
    );
  });

  it("says in words what it found, and not of whom", async () => {
    const present = await elpis("trace", PEOPLE.musterfrau.patientId, at("out"), "--issuer", ISSUER);
    expect(present.stdout).toMatch(/ p1 +r1 +present +as \S+: 2 studies, \d+ series, \d+ instances$/m);
    expect(present.stdout).not.toContain(PEOPLE.musterfrau.patientId);
  });

  it.each(["", "  "])("refuses the empty ID %j", async (id) => {
    expect(await elpis("trace", id, at("out"))).toMatchObject({ status: 2, stdout: "" });
  });

  it("refuses a folder without a release", async () => {
    expect(await elpis("trace", "X", at("samples"))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("release.json"),
    });
  });
});

it("key show gives the fingerprint that stands in the release", async () => {
  const { stdout } = await elpis("key", "show", "--project", "p1", "--recipient", "r1", "--json");
  expect(JSON.parse(stdout)).toEqual({
    path: at("config/elpis/site.key"),
    project: "p1",
    recipient: "r1",
    fingerprint: release().key,
  });
});
