import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeSiteKey } from "../../src/deid/index.js";
import { selfSigned } from "../../test/support/certificate.js";
import { requirement } from "../../test/support/tools.js";
import type { CommandLine } from "./measure.js";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** The newest when this was written; its 4,400 files are no dependency of ours. */
const DCMJS = "dcmjs@0.52.2";
/** Kept between runs; git ignores it. */
const DCMJS_FOLDER = join(root, "bench/out/dcmjs");
/** Fixed, so that two runs can be compared. */
const SITE_SECRET = new Uint8Array(32).fill(0x5a);

export type ContestantName =
  | "ours"
  | "ours without digests"
  | "ours with 2 jobs"
  | "ours as 2 processes"
  | "cp -r"
  | "gdcmanon"
  | "dcmodify"
  | "pydicom"
  | "dcmjs";

/** Who takes part: how to run it, or why it cannot. */
export interface Contestant {
  readonly name: ContestantName;
  /** What is run, for the page. */
  readonly about: string;
  /** What reads `from` and fills the folder `to`, which does not exist yet. */
  command(from: string, to: string): CommandLine;
}

export interface Contestants {
  readonly present: readonly Contestant[];
  /** Name and the line that would install it. */
  readonly missing: readonly { readonly name: ContestantName; readonly reason: string }[];
}

/** What scripts usually blank, by keyword and tag; dcmodify and the pydicom loop are given the same. */
const USUAL: readonly (readonly [keyword: string, tag: string])[] = [
  ["AccessionNumber", "0008,0050"],
  ["InstitutionName", "0008,0080"],
  ["InstitutionAddress", "0008,0081"],
  ["ReferringPhysicianName", "0008,0090"],
  ["StationName", "0008,1010"],
  ["StudyDescription", "0008,1030"],
  ["SeriesDescription", "0008,103e"],
  ["PerformingPhysicianName", "0008,1050"],
  ["NameOfPhysiciansReadingStudy", "0008,1060"],
  ["OperatorsName", "0008,1070"],
  ["StudyDate", "0008,0020"],
  ["SeriesDate", "0008,0021"],
  ["AcquisitionDate", "0008,0022"],
  ["ContentDate", "0008,0023"],
  ["PatientName", "0010,0010"],
  ["PatientID", "0010,0020"],
  ["PatientBirthDate", "0010,0030"],
  ["OtherPatientIDs", "0010,1000"],
  ["OtherPatientNames", "0010,1001"],
  ["PatientAddress", "0010,1040"],
  ["PatientTelephoneNumbers", "0010,2154"],
  ["AdditionalPatientHistory", "0010,21b0"],
  ["PatientComments", "0010,4000"],
  ["DeviceSerialNumber", "0018,1000"],
  ["StudyID", "0020,0010"],
  ["ImageComments", "0020,4000"],
];

/** Makes ready what the contestants need in `scratch`: keys, a profile, a certificate. */
export function contestants(scratch: string): Contestants {
  const found = [copy, ...ours(scratch), gdcmanon(scratch), dcmodify(), pydicom(), dcmjs()];
  const isMissing = (one: Contestant | Missing): one is Missing => "reason" in one;
  return {
    present: found.filter((one): one is Contestant => !isMissing(one)),
    missing: found.filter(isMissing),
  };
}

type Missing = Contestants["missing"][number];

export const copy: Contestant = {
  name: "cp -r",
  about: "copies the folder",
  command: (from, to) => ["cp", "-r", from, to],
};

function ours(scratch: string): Contestant[] {
  const profile = join(scratch, "vetted.yaml");
  const siteKey = join(scratch, "site.key");
  writeFileSync(profile, "extends: research\nname: bench\npixels: vetted\n");
  writeFileSync(siteKey, encodeSiteKey(SITE_SECRET), { mode: 0o600 });
  /** `beside` begins the names of the folders that no release may hold. */
  const commandLine = (
    from: readonly string[],
    to: string,
    options: readonly string[],
    beside = to,
  ): CommandLine => {
    const folders = ["--out", to, "--crosswalk", `${beside}.crosswalk`, "--held", `${beside}.held`];
    const fixed = ["--profile", profile, "--site-key", siteKey, "--json"];
    const main = join(root, "dist/cli/main.js");
    return [process.execPath, main, "deidentify", ...from, ...folders, ...fixed, ...options];
  };
  const run = (name: ContestantName, about: string, ...options: string[]): Contestant => ({
    name,
    about,
    command: (from, to) => commandLine([from], to, options),
  });
  // Nothing is shared and nobody waits for anybody: no way of dividing the work inside one program can be faster.
  const apart: Contestant = {
    name: "ours as 2 processes",
    about: "two runs with one job at the same time, each of every second patient",
    command(from, to) {
      const patients = readdirSync(from).map((folder) => join(from, folder));
      const halves = [0, 1].map((half) => patients.filter((_, i) => i % 2 === half));
      mkdirSync(to);
      const words = halves.map((half, i) =>
        commandLine(half, join(to, `${i}`), ["--jobs", "1"], `${to}.${i}`),
      );
      const script = `"\${@:1:${words[0]!.length}}" & first=$!; "\${@:${words[0]!.length + 1}}" && wait $first`;
      return ["bash", "-c", script, "both", ...words.flat()];
    },
  };
  return [
    run("ours", "`elpis deidentify`, profile research with `pixels: vetted`, one job", "--jobs", "1"),
    run("ours without digests", "the same with `--no-digests`", "--jobs", "1", "--no-digests"),
    run("ours with 2 jobs", "the same with digests and `--jobs 2`", "--jobs", "2"),
    apart,
  ];
}

function gdcmanon(scratch: string): Contestant | Missing {
  const need = requirement(["gdcmanon"]);
  if (need.kind !== "run") return { name: "gdcmanon", reason: need.reason };
  const certificate = join(scratch, "certificate.pem");
  writeFileSync(certificate, selfSigned().certificatePem);
  return {
    name: "gdcmanon",
    about:
      "`gdcmanon -e -r -c CERT -i IN -o OUT`: its Basic Profile, what it removes encrypted to a certificate",
    command: (from, to) => [need.given.gdcmanon, "-e", "-r", "-c", certificate, "-i", from, "-o", to],
  };
}

function dcmodify(): Contestant | Missing {
  const need = requirement(["dcmodify"]);
  if (need.kind !== "run") return { name: "dcmodify", reason: need.reason };
  const options = ["-nb", "-imt", "-ep", ...USUAL.flatMap(([, tag]) => ["-ma", `(${tag})=`])];
  const script = `cp -r "$1" "$2" && find "$2" -name '*.dcm' -print0 | xargs -0 "$3" "\${@:4}" -gst -gse -gin`;
  return {
    name: "dcmodify",
    about: `\`dcmodify -nb -imt -ep -gst -gse -gin\` and \`-ma\` for ${USUAL.length} attributes, on a copy`,
    command: (from, to) => ["bash", "-c", script, "dcmodify", from, to, need.given.dcmodify, ...options],
  };
}

function pydicom(): Contestant | Missing {
  const need = requirement(["pydicom"]);
  if (need.kind !== "run") return { name: "pydicom", reason: need.reason };
  const script = join(root, "bench/peers/pydicom_loop.py");
  const keywords = USUAL.map(([keyword]) => keyword);
  return {
    name: "pydicom",
    about: `a loop (bench/peers/pydicom_loop.py): blanks the same ${USUAL.length} attributes and all names, new UIDs, \`remove_private_tags\``,
    command: (from, to) => [need.given.pydicom, script, from, to, ...keywords],
  };
}

function dcmjs(): Contestant | Missing {
  if (!existsSync(join(DCMJS_FOLDER, "node_modules/dcmjs"))) {
    mkdirSync(DCMJS_FOLDER, { recursive: true });
    writeFileSync(join(DCMJS_FOLDER, "package.json"), "{}\n");
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--save-exact"];
    const installed = spawnSync("npm", ["install", ...flags, DCMJS], { cwd: DCMJS_FOLDER });
    if (installed.status !== 0) {
      return { name: "dcmjs", reason: `npm install --prefix ${DCMJS_FOLDER} ${DCMJS}: no network?` };
    }
  }
  const script = join(root, "bench/peers/dcmjs-loop.mjs");
  return {
    name: "dcmjs",
    about: "a loop (bench/peers/dcmjs-loop.mjs): its own `anonymizer.cleanTags`, new UIDs",
    command: (from, to) => [process.execPath, script, DCMJS_FOLDER, from, to],
  };
}
