import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { ElpisError } from "../base/index.js";
import { BUILTIN_PROFILES, deriveProjectKeys } from "../deid/index.js";
import { type Command, type CommandLine, type CommandOption, closest } from "./command.js";
import { deidentify } from "./deidentify.js";
import { DEFAULT_DEMO_FOLDER, demo, samples } from "./demo.js";
import { inspect } from "./inspect.js";
import { type Io, printJson } from "./output.js";
import { pixels } from "./pixels.js";
import { showProfile } from "./profile.js";
import { reidentify } from "./reidentify.js";
import { canonicalPath, isInside } from "./run/list.js";
import { loadProfile } from "./run/profile.js";
import { createSiteKey, defaultSiteKeyPath, readSiteKey, siteKeyFor } from "./site-key.js";
import { trace } from "./trace.js";

const DEFAULT_PROFILE = "research";
const DEFAULT_NAME = "default";
/** Threads beyond these find the disk busy. */
const DEFAULT_JOBS = 4;
const MOST_JOBS = 256;

const JSON_OPTION: CommandOption = { help: "the answer as one JSON document on stdout" };
const KEY_OPTION: CommandOption = {
  value: "FILE",
  help: "the site key; default: site.key in your configuration folder",
};
const PROFILE_OPTION: CommandOption = {
  value: "NAME|FILE",
  help: `${Object.keys(BUILTIN_PROFILES).join(", ")}, or a YAML file; default: ${DEFAULT_PROFILE}`,
};

/** A profile's name or path. Throws USAGE where there is neither such a name nor such a file. */
function profileNamed(given: string): string {
  const names = Object.keys(BUILTIN_PROFILES);
  if (names.includes(given) || existsSync(given)) return given;
  const meant = closest(given, names);
  const hint = meant === undefined ? `choose ${names.join(", ")}, or a file` : `did you mean ${meant}?`;
  throw new ElpisError("USAGE", `${given} is no profile and no file: ${hint}`);
}

function profileOf(line: CommandLine): string {
  return profileNamed(line.text("profile") ?? DEFAULT_PROFILE);
}

function jobsOf(line: CommandLine): number {
  const given = line.text("jobs");
  if (given === undefined) return Math.min(DEFAULT_JOBS, availableParallelism());
  const jobs = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  if (jobs < 1 || jobs > MOST_JOBS)
    throw new ElpisError("USAGE", `--jobs is a number from 1 to ${MOST_JOBS}`);
  return jobs;
}

function required(line: CommandLine, option: string): string {
  const given = line.text(option);
  if (given === undefined) throw new ElpisError("USAGE", `--${option} is missing`);
  return given;
}

/** `OUT.crosswalk` for `OUT` and `OUT/`. */
function beside(out: string, ending: string): string {
  return `${resolve(out)}.${ending}`;
}

/** The key, which must not lie where it would be shared. A run that goes on has one; none is made for it. */
function siteKeyOutside(line: CommandLine, out: string, io: Io): Uint8Array {
  const path = line.text("site-key") ?? defaultSiteKeyPath(io.env);
  if (isInside(canonicalPath(path), canonicalPath(out))) {
    throw new ElpisError(
      "USAGE",
      `the site key ${path} lies inside the output folder, which is to be shared: move it`,
    );
  }
  return line.flag("resume") ? readSiteKey(path) : siteKeyFor(line.text("site-key"), io);
}

const deidentifyCommand: Command = {
  name: "deidentify",
  usage: "INPUT... --out OUT",
  summary: "make studies safe to share: a folder in, a new folder out",
  about: `Reads files and folders, never changes them, and writes de-identified copies to the new folder OUT:
OUT/PatientID/Study/Series/Instance.dcm and OUT/release.json, the evidence. What is not understood is held.

exit status: 0 all DICOM out, 3 some held or behind links not followed, 2 wrong usage, 1 failure`,
  options: {
    out: { value: "OUT", help: "the folder to share; new or empty" },
    profile: PROFILE_OPTION,
    project: { value: "NAME", help: "part of every pseudonym; default: default" },
    recipient: {
      value: "NAME",
      help: "part of every pseudonym: no two recipients can join their copies; default: default",
    },
    "site-key": KEY_OPTION,
    crosswalk: { value: "XW", help: "folder for who is who, never shared; default: OUT.crosswalk" },
    held: {
      value: "HELD",
      help: "folder for what was held, and suspicious text that was kept; default: OUT.held",
    },
    jobs: {
      value: "N",
      help: `worker threads; default: one a processor, at most ${DEFAULT_JOBS}; the result is the same`,
    },
    resume: { help: "finish a run that was killed" },
    "no-digests": { help: "leave SHA-256 and HMAC of each file out of release.json: faster" },
    json: JSON_OPTION,
  },
  count: { min: 1, max: Number.POSITIVE_INFINITY },
  run(line, io) {
    const out = required(line, "out");
    const options = {
      inputs: line.positionals,
      out,
      profile: profileOf(line),
      project: line.text("project") ?? DEFAULT_NAME,
      recipient: line.text("recipient") ?? DEFAULT_NAME,
      crosswalk: line.text("crosswalk") ?? beside(out, "crosswalk"),
      held: line.text("held") ?? beside(out, "held"),
      jobs: jobsOf(line),
      resume: line.flag("resume"),
      json: line.flag("json"),
      digests: !line.flag("no-digests"),
    };
    for (const input of line.positionals) {
      if (!existsSync(input)) throw new ElpisError("INPUT_UNREADABLE", `${input} does not exist`);
    }
    loadProfile(options.profile); // a wrong profile is refused before a first key is made
    const siteKey = siteKeyOutside(line, out, io);
    return deidentify({ ...options, siteKey }, { ...io, isTTY: io.stderr.isTTY === true });
  },
};

const inspectCommand: Command = {
  name: "inspect",
  usage: "FILE",
  summary: "what would happen to every element of a file, and why",
  about: `Shows each element, nested ones indented: what would be done with it, and why. Values are masked: letters
as a, digits as 9. Nothing is written, and no key is needed. Text is cleaned by what this file tells of its
patient; in a run, by what all files tell.`,
  options: { profile: PROFILE_OPTION, values: { help: "show the values" }, json: JSON_OPTION },
  count: { min: 1, max: 1 },
  run: (line, io) =>
    inspect(
      {
        file: line.positionals[0]!,
        profile: loadProfile(profileOf(line)),
        values: line.flag("values"),
        json: line.flag("json"),
      },
      io,
    ),
};

const pixelsCommand: Command = {
  name: "pixels",
  usage: "FILE...",
  summary: "what would be found in the pixels of files, and blanked",
  about: `Examines every frame as deidentify would, and shows where text was found, how surely, and what would become
of it; never what it says. Nothing is changed, and no key is needed. With --png it writes pictures, which show the
patient: before with boxes, the heat map, and after.

exit status: 0 nothing is held, 3 some would be held, 2 wrong usage, 1 failure`,
  options: {
    png: { value: "DIR", help: "a picture of each frame with findings, in a new folder for you alone" },
    "all-frames": { help: "with --png: a picture of every frame" },
    profile: PROFILE_OPTION,
    json: JSON_OPTION,
  },
  count: { min: 1, max: Number.POSITIVE_INFINITY },
  run(line, io) {
    const png = line.text("png");
    const allFrames = line.flag("all-frames");
    if (allFrames && png === undefined)
      throw new ElpisError("USAGE", "--all-frames says what --png draws, and --png is missing");
    const profile = loadProfile(profileOf(line));
    return pixels({ files: line.positionals, profile, png, allFrames, json: line.flag("json") }, io);
  },
};

const profileCommand: Command = {
  name: "profile",
  usage: "NAME|FILE",
  summary: "check a profile, and show what it says and its digest",
  about: `Reads a profile as deidentify would, lists everything wrong in it, or shows what it says with its bases
resolved. The digest is the one in the release.json of every run under it.

exit status: 0 the profile is right, 2 it is not`,
  options: { json: JSON_OPTION },
  count: { min: 1, max: 1 },
  run: (line, io) => showProfile(loadProfile(profileNamed(line.positionals[0]!)), line.flag("json"), io),
};

const reidentifyCommand: Command = {
  name: "reidentify",
  usage: "ID|UID --crosswalk XW",
  summary: "the original behind a new Patient ID or UID, for the key holder",
  about: `Looks a new Patient ID or UID up in the crosswalk of a run, and checks with the site key that the row is
genuine. Project and recipient are taken from the release beside the crosswalk where it is still there.

exit status: 0 found, 1 unknown, 2 wrong usage or another key`,
  options: {
    "site-key": KEY_OPTION,
    crosswalk: { value: "XW", help: "the crosswalk folder of the run" },
    project: { value: "NAME", help: "as in the run" },
    recipient: { value: "NAME", help: "as in the run" },
    issuer: { value: "NAME", help: "Issuer of Patient ID of the original; default: as in the crosswalk" },
    json: JSON_OPTION,
  },
  count: { min: 1, max: 1 },
  run(line, io) {
    const crosswalk = required(line, "crosswalk");
    const optional = ["project", "recipient", "issuer"].flatMap((name) => {
      const value = line.text(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const siteKey = readSiteKey(line.text("site-key") ?? defaultSiteKeyPath(io.env));
    const id = line.positionals[0]!;
    return reidentify(
      { id, siteKey, crosswalk, json: line.flag("json"), ...Object.fromEntries(optional) },
      io,
    );
  },
};

const traceCommand: Command = {
  name: "trace",
  usage: "PATIENT-ID OUT...",
  summary: "which releases hold a patient",
  about: `Computes the patient's pseudonym for each release with the site key and says what the release holds of the
patient. Needs no crosswalk; one beside a release tells the issuers to try. An ID on a command line is seen by others on the same machine and kept by the shell.

exit status: 0 every release was judged, 1 one was made with another key, 2 wrong usage`,
  options: {
    "site-key": KEY_OPTION,
    issuer: {
      value: "NAME",
      help: "Issuer of Patient ID: part of who a patient is; default: none, and those that crosswalks tell",
    },
    json: JSON_OPTION,
  },
  count: { min: 2, max: Number.POSITIVE_INFINITY },
  run(line, io) {
    const [patientId = "", ...outs] = line.positionals;
    const siteKey = readSiteKey(line.text("site-key") ?? defaultSiteKeyPath(io.env));
    const issuer = line.text("issuer");
    const told = issuer === undefined ? {} : { issuer };
    return trace({ patientId, ...told, siteKey, outs, json: line.flag("json") }, io);
  },
};

const keyCommand: Command = {
  name: "key",
  usage: "show|new",
  summary: "where the site key is, and its fingerprint",
  about: `show  checks the key and prints its path and its fingerprint for a project and recipient, as in release.json
new   makes a key; never replaces one

Back the file up on the day it is made: a sealed copy in a safe, or a password vault. It cannot be made again.`,
  options: {
    "site-key": KEY_OPTION,
    project: { value: "NAME", help: "default: default" },
    recipient: { value: "NAME", help: "default: default" },
    json: JSON_OPTION,
  },
  count: { min: 1, max: 1 },
  run(line, io) {
    const path = resolve(line.text("site-key") ?? defaultSiteKeyPath(io.env));
    const [action = ""] = line.positionals;
    if (action !== "show" && action !== "new") throw new ElpisError("USAGE", "key takes show or new");
    const secret = action === "new" ? createSiteKey(path) : readSiteKey(path);
    const [project, recipient] = [
      line.text("project") ?? DEFAULT_NAME,
      line.text("recipient") ?? DEFAULT_NAME,
    ];
    const { fingerprint } = deriveProjectKeys(secret, project, recipient);
    if (line.flag("json")) printJson(io, { path, project, recipient, fingerprint });
    else {
      io.stdout.write(
        `key          ${path}\nfingerprint  ${fingerprint} (project ${project}, recipient ${recipient})\n`,
      );
      if (action === "new") io.stdout.write("Back it up now: it cannot be made again.\n");
    }
    return 0;
  },
};

const demoCommand: Command = {
  name: "demo",
  usage: "",
  summary: "sample studies, de-identified before your eyes",
  about: `Makes sample studies of four people who never lived, de-identifies them, and shows what came out, what was
held and where to look next. Runs again in the same folder; touches nothing outside it.`,
  options: { dir: { value: "DIR", help: `default: ${DEFAULT_DEMO_FOLDER}` } },
  count: { min: 0, max: 0 },
  run: (line, io) => demo(line.text("dir") ?? DEFAULT_DEMO_FOLDER, io),
};

const samplesCommand: Command = {
  name: "samples",
  usage: "DIR",
  summary: "only make the sample studies",
  about: "Makes the sample studies in a new folder and says what is hard about each.",
  options: {},
  count: { min: 1, max: 1 },
  run: (line, io) => samples(line.positionals[0]!, io),
};

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  deidentifyCommand,
  inspectCommand,
  pixelsCommand,
  profileCommand,
  reidentifyCommand,
  traceCommand,
  keyCommand,
  demoCommand,
  samplesCommand,
];
