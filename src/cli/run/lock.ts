import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { ElpisError } from "../../base/index.js";
import { removeIfThere, unwritable } from "./files.js";
import { errorCode } from "./list.js";

/** Who holds a lock, as the file says: {"host":"reading-room","pid":4711,"namespace":"pid:[4026531836]"}. */
interface Owner {
  readonly host: string;
  readonly pid: number;
  /** Where the number counts: containers of one host number their processes each from 1. "" where there are none. */
  readonly namespace: string;
}

/** Longer is no lock of ours. */
const LONGEST = 4096;

/** Locks of this process: its own number in a file says only that an earlier process had it too. */
const own = new Set<string>();

/** Throws OUTPUT_EXISTS where a run holds the lock. The lock of a process that has died is none. */
export function requireUnlocked(path: string): void {
  const text = contentOf(path);
  if (text !== undefined && isHeld(path, text)) throw locked(path, text);
}

/**
 * Takes the lock, so that of two runs that begin at once one alone goes on; throws OUTPUT_EXISTS in the other.
 * Returns what gives it back.
 */
export function takeLock(path: string): () => void {
  const stale = contentOf(path);
  if (stale !== undefined) {
    if (isHeld(path, stale)) throw locked(path, stale);
    removeStale(path, stale);
  }
  const owner: Owner = { host: hostname(), pid: process.pid, namespace: ownNamespace() };
  try {
    writeFileSync(path, `${JSON.stringify(owner)}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (errorCode(error) === "EEXIST") throw locked(path, contentOf(path) ?? "");
    throw unwritable(path, error);
  }
  own.add(path);
  return () => {
    own.delete(path);
    removeIfThere(path);
  };
}

/** Another run may have found the same dead lock and taken it over first: then what was moved is put back. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw unwritable(path, error);
  }
  const moved = contentOf(aside);
  if (moved !== stale) {
    renameSync(aside, path);
    throw locked(path, moved ?? "");
  }
  removeIfThere(aside);
}

/** What the lock says; undefined where there is none. Never waits for the other end of a pipe, follows no link. */
function contentOf(path: string): string | undefined {
  let fd: number | undefined;
  try {
    if (!lstatSync(path).isFile()) throw notOurs(path);
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
    const info = fstatSync(fd);
    if (!info.isFile()) throw notOurs(path);
    return info.size > LONGEST ? "" : readFileSync(fd, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    if (errorCode(error) === "ELOOP") throw notOurs(path);
    throw unwritable(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function notOurs(path: string): ElpisError {
  return new ElpisError(
    "OUTPUT_EXISTS",
    `${path} is no regular file, so no lock of a run: remove it, or write elsewhere`,
  );
}

/** Linux only; elsewhere, and where /proc is not there, "". */
function ownNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

/** Whether its number is that of a process here, which can be asked for. */
function isNear(owner: Owner): boolean {
  return owner.host === hostname() && owner.namespace === ownNamespace();
}

/** What cannot be judged counts as held: of another machine or container, or being written just now. */
function isHeld(path: string, text: string): boolean {
  const owner = ownerOf(text);
  if (!owner || !isNear(owner)) return true;
  if (owner.pid === process.pid) return own.has(path);
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

function ownerOf(text: string): Owner | undefined {
  try {
    const { host, pid, namespace = "" } = JSON.parse(text) as Partial<Owner>;
    const isSound = typeof host === "string" && typeof namespace === "string" && Number.isSafeInteger(pid);
    return isSound && pid! > 0 ? { host, pid: pid!, namespace } : undefined;
  } catch {
    return undefined;
  }
}

function locked(path: string, text: string): ElpisError {
  const owner = ownerOf(text);
  const container = owner && !isNear(owner) ? " in another container" : "";
  const where = owner && owner.host !== hostname() ? ` on ${owner.host}` : container;
  const who = owner ? ` (process ${owner.pid}${where})` : "";
  return new ElpisError(
    "OUTPUT_EXISTS",
    `another run is writing there${who}: wait for it to end; if there is no such run, remove ${path}`,
  );
}
