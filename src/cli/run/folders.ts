import { statSync } from "node:fs";
import { join } from "node:path";
import { ElpisError } from "../../base/index.js";
import { makeFolder, makeSecretFolder, namesIn, sweep } from "./files.js";
import { canonicalPath, inputRoots, isInside } from "./list.js";

/** Where a run reads and writes; canonical paths. */
export interface Folders {
  readonly inputs: readonly string[];
  readonly out: string;
  readonly crosswalk: string;
  readonly held: string;
}

export const journalPath = (folders: Folders): string => join(folders.crosswalk, "journal.jsonl");
export const patientsPath = (folders: Folders): string => join(folders.crosswalk, "patients.csv");
export const uidsPath = (folders: Folders): string => join(folders.crosswalk, "uids.csv");
export const heldPath = (folders: Folders): string => join(folders.held, "held.jsonl");
export const manifestPath = (folders: Folders): string => join(folders.out, "release.json");

/**
 * Resolves the folders and refuses arrangements in which a release would hold originals or a crosswalk, or
 * a run would change its own input: USAGE, INPUT_UNREADABLE.
 */
export function resolveFolders(options: {
  readonly inputs: readonly string[];
  readonly out: string;
  readonly crosswalk: string;
  readonly held: string;
}): Folders {
  if (options.inputs.length === 0) throw new ElpisError("USAGE", "name at least one file or folder to read");
  const inputs = inputRoots(options.inputs);
  const out = canonicalPath(options.out);
  const crosswalk = canonicalPath(options.crosswalk);
  const held = canonicalPath(options.held);
  for (const input of inputs) {
    if (isInside(input, out)) refuse(`the input ${input} lies inside the output folder ${out}`);
    for (const folder of [out, crosswalk, held]) {
      if (isInside(folder, input)) refuse(`${folder} lies inside the input ${input}, which is never changed`);
    }
  }
  for (const secret of [crosswalk, held]) {
    if (isInside(secret, out))
      refuse(`${secret} is not to be shared, but lies inside the output folder ${out}`);
    if (isInside(out, secret))
      refuse(`the output folder ${out} lies inside ${secret}, which is not to be shared`);
  }
  return { inputs, out, crosswalk, held };
}

function refuse(why: string): never {
  throw new ElpisError("USAGE", `${why}: name another folder`);
}

/**
 * Makes the folders. Throws OUTPUT_EXISTS where they hold an earlier run that is not to be resumed. Returns
 * the files already in the output folder.
 */
export function prepareFolders(folders: Folders, resume: boolean): string[] {
  requireFolder(folders.out);
  if (!resume) {
    if (namesIn(folders.out).length > 0) {
      throw new ElpisError(
        "OUTPUT_EXISTS",
        `${folders.out} is not empty: name another folder, or --resume to finish the run that began there`,
      );
    }
    for (const path of [journalPath, patientsPath, uidsPath, heldPath].map((of) => of(folders))) {
      if (statSync(path, { throwIfNoEntry: false }) === undefined) continue;
      throw new ElpisError(
        "OUTPUT_EXISTS",
        `${path} is of an earlier run and would be lost: name another folder, or --resume to finish that run`,
      );
    }
  }
  makeFolder(folders.out);
  makeSecretFolder(folders.crosswalk);
  makeSecretFolder(folders.held);
  return sweep(folders.out);
}

function requireFolder(path: string): void {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info && !info.isDirectory()) throw new ElpisError("OUTPUT_EXISTS", `${path} is a file: name a folder`);
}
