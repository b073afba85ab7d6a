import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { ElpisError } from "../../base/index.js";
import { errorCode } from "./list.js";

/** A file being written: hidden, in the folder of its final name, so that the rename is atomic. */
export function partialPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.part`);
}

function isPartial(name: string): boolean {
  return name.startsWith(".") && name.endsWith(".part");
}

/** Turns a failure of the file system into OUTPUT_UNWRITABLE; leaves an ElpisError as it is. */
export function unwritable(path: string, error: unknown): ElpisError {
  if (error instanceof ElpisError) return error;
  return new ElpisError("OUTPUT_UNWRITABLE", `${path} cannot be written (${errorCode(error)})`);
}

/** Opens the partial file, lets `write` fill it, and gives it its name; on failure nothing is left. */
export function writeWhole<T>(path: string, mode: number, write: (fd: number) => T): T {
  const partial = partialPath(path);
  let fd: number | undefined;
  try {
    fd = openSync(partial, "w", mode);
    const result = write(fd);
    closeSync(fd);
    fd = undefined;
    renameSync(partial, path);
    return result;
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    removeIfThere(partial);
    throw unwritable(path, error);
  }
}

const TEXT_BLOCK = 1 << 20;

/** Writes a text of any length whole or not at all, and durably: it survives a loss of power. */
export function writeTextDurably(path: string, mode: number, pieces: Iterable<string>): void {
  writeWhole(path, mode, (fd) => {
    let block = "";
    for (const piece of pieces) {
      block += piece;
      if (block.length < TEXT_BLOCK) continue;
      writeAll(fd, Buffer.from(block));
      block = "";
    }
    writeAll(fd, Buffer.from(block));
    fsyncSync(fd);
  });
  syncFolder(dirname(path));
}

/** Writes all bytes, at `position` or behind what was written last: the system may take fewer at a time. */
export function writeAll(fd: number, bytes: Uint8Array, position?: number): void {
  for (let done = 0; done < bytes.length; ) {
    const at = position === undefined ? null : position + done;
    done += writeSync(fd, bytes, done, bytes.length - done, at);
  }
}

/** Makes the names in a folder durable. Windows can't open folders, and its file systems log names. */
export function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Makes a folder and those above it that are missing, and names them in `made`, outermost first. One level at a
 * time: Node's own recursion does not end where a parent is there and takes no folder, as below /proc.
 */
export function makeFolder(path: string, mode = 0o777, made: string[] = []): void {
  try {
    const missing: string[] = [];
    for (let at = path; !isFolder(at); at = dirname(at)) missing.unshift(at);
    for (const level of missing) if (makeLevel(level, mode)) made.push(level);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** False where another thread has made it meanwhile. */
function makeLevel(path: string, mode: number): boolean {
  try {
    mkdirSync(path, mode);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST" && isFolder(path)) return false;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A folder for its owner alone, also where it was there before. */
export function makeSecretFolder(path: string, made: string[] = []): void {
  makeFolder(path, 0o700, made);
  try {
    chmodSync(path, 0o700);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Removes folders that hold nothing, the last one first; leaves the others, and what cannot be removed. */
export function removeEmptyFolders(paths: readonly string[]): void {
  for (const path of [...paths].reverse()) {
    try {
      rmdirSync(path);
    } catch {
      // It holds something, or has gone: either way it is not ours to remove.
    }
  }
}

export function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw unwritable(path, error);
  }
}

/** Names in a folder; none where it does not exist. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw unwritable(folder, error);
  }
}

/** Paths below a folder, relative to it: regular files, and apart from them links and special files. */
export function filesBelow(folder: string): { readonly files: string[]; readonly links: string[] } {
  const files: string[] = [];
  const links: string[] = [];
  const walk = (prefix: string): void => {
    for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else (entry.isFile() ? files : links).push(path);
    }
  };
  walk("");
  return { files, links };
}

/** Removes what a killed run left half written. */
export function sweep(folder: string): void {
  for (const path of filesBelow(folder).files) {
    if (isPartial(basename(path))) removeIfThere(join(folder, path));
  }
}
