import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { ElpisError } from "../../base/index.js";

/**
 * A path as its bytes, one char code each: media from old systems carry names that are no UTF-8, and such a
 * file must be opened all the same. `fsPath` is for `node:fs`, `shownPath` for people.
 */
export type RawPath = string & { readonly __brand: "RawPath" };

export function rawPath(path: string | Uint8Array): RawPath {
  return Buffer.from(path as string).toString("latin1") as RawPath;
}

export function fsPath(path: RawPath): Buffer {
  return Buffer.from(path, "latin1");
}

export function shownPath(path: RawPath): string {
  return fsPath(path).toString("utf8");
}

/** A regular file of the input as it was when listed. Its `id` is its place in the listing. */
export interface InputFile {
  readonly id: number;
  readonly path: RawPath;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface Listing {
  readonly files: readonly InputFile[];
  /** What each file is called within the input; with sizes and times it tells two inputs apart. */
  readonly names: readonly string[];
  /** Special files, and links to what is listed where it lies: not opened. */
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
  /** Links to files and folders that are not listed: DICOM may lie behind them. */
  readonly links: readonly { readonly path: string; readonly why: string }[];
  /** Folders whose content cannot be known. */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
}

interface Found {
  readonly root: number;
  readonly name: string;
  readonly path: RawPath;
  readonly size: number;
  readonly mtimeMs: number;
}

/** The code of a system error ("EACCES"), or its class: fit to be shown, as a message with a path is not. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : error instanceof Error ? error.name : "unknown";
}

/** The inputs as canonical paths, sorted, none inside another. Throws INPUT_UNREADABLE for a missing one. */
export function inputRoots(inputs: readonly string[]): string[] {
  const roots = inputs.map((input) => {
    try {
      return realpathSync(resolve(input));
    } catch (error) {
      throw new ElpisError("INPUT_UNREADABLE", `${input} cannot be read (${errorCode(error)})`);
    }
  });
  const distinct = [...new Set(roots)].sort();
  return distinct.filter((root) => !distinct.some((other) => other !== root && isInside(root, other)));
}

/** True for `folder` itself and everything below it. Both absolute. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && resolve(folder, way) === path);
}

/**
 * Every file below the roots, in an order that depends on names alone. Links are not followed: what they lead
 * to inside the input is listed where it lies, and what lies outside was not asked for, but is told.
 */
export function listInputs(roots: readonly string[]): Listing {
  const found: Found[] = [];
  const skipped: { path: string; why: string }[] = [];
  const links: { path: string; why: string }[] = [];
  const unreadable: { path: string; why: string }[] = [];
  const walk = (root: number, folder: RawPath, prefix: string): void => {
    let entries: Dirent<Buffer>[];
    try {
      entries = readdirSync(fsPath(folder), { encoding: "buffer", withFileTypes: true });
    } catch (error) {
      unreadable.push({ path: shownPath(folder), why: `the folder cannot be listed (${errorCode(error)})` });
      return;
    }
    for (const entry of entries) {
      const name = entry.name.toString("latin1");
      const path = `${folder}${sep}${name}` as RawPath;
      if (entry.isDirectory()) walk(root, path, `${prefix}${name}/`);
      else if (entry.isSymbolicLink()) {
        const { leadsOut, why } = judgeLink(path, roots);
        (leadsOut ? links : skipped).push({ path: shownPath(path), why });
      } else if (!entry.isFile()) skipped.push({ path: shownPath(path), why: "not a regular file" });
      else addFile(found, unreadable, root, path, prefix + name);
    }
  };
  for (const [index, root] of roots.entries()) {
    const info = statSync(root);
    if (info.isDirectory()) walk(index, rawPath(root === sep ? "" : root), "");
    else if (info.isFile()) addFile(found, unreadable, index, rawPath(root), rawPath(basename(root)));
    else skipped.push({ path: root, why: "not a regular file" });
  }
  found.sort((a, b) => a.root - b.root || compare(a.name, b.name));
  const byPath = (a: { path: string }, b: { path: string }) => compare(a.path, b.path);
  return {
    files: found.map(({ path, size, mtimeMs }, id) => ({ id, path, size, mtimeMs })),
    names: found.map(({ root, name }) => `${root}/${name}`),
    skipped: skipped.sort(byPath),
    links: links.sort(byPath),
    unreadable: unreadable.sort(byPath),
  };
}

/** Whether files may lie behind a link that are read by no other way; a link that leads nowhere may have lost its. */
function judgeLink(path: RawPath, roots: readonly string[]): { leadsOut: boolean; why: string } {
  try {
    const target = realpathSync(fsPath(path), "buffer");
    const info = statSync(target);
    if (!info.isFile() && !info.isDirectory()) return { leadsOut: false, why: "a link to no regular file" };
    const shown = target.toString("utf8");
    if (!roots.some((root) => isInside(shown, root))) {
      return { leadsOut: true, why: "a symbolic link out of the input, not followed" };
    }
    return { leadsOut: false, why: "a symbolic link to what is read where it lies" };
  } catch (error) {
    return { leadsOut: true, why: `a symbolic link that cannot be followed (${errorCode(error)})` };
  }
}

function addFile(
  found: Found[],
  unreadable: { path: string; why: string }[],
  root: number,
  path: RawPath,
  name: string,
): void {
  try {
    const { size, mtimeMs } = lstatSync(fsPath(path));
    found.push({ root, name, path, size, mtimeMs });
  } catch (error) {
    unreadable.push({ path: shownPath(path), why: `the file cannot be read (${errorCode(error)})` });
  }
}

/** By code units: the same on every machine, whatever its language. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `path` with every link resolved, also where its last parts do not exist yet. */
export function canonicalPath(path: string): string {
  const absolute = resolve(path);
  const missing: string[] = [];
  for (let at = absolute; ; at = resolve(at, "..")) {
    try {
      return join(realpathSync(at), ...missing);
    } catch (error) {
      if (errorCode(error) !== "ENOENT" || at === resolve(at, "..")) {
        throw new ElpisError("OUTPUT_UNWRITABLE", `${path} cannot be used (${errorCode(error)})`);
      }
      missing.unshift(basename(at));
    }
  }
}
