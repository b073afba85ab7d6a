import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { ElpisError } from "../../base/index.js";
import { removeIfThere, unwritable } from "./files.js";
import { errorCode } from "./list.js";

/** Who holds a lock, as the file says: {"host":"reading-room","pid":4711}. */
interface Owner {
  readonly host: string;
  readonly pid: number;
}

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
  const owner: Owner = { host: hostname(), pid: process.pid };
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

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw unwritable(path, error);
  }
}

/** What cannot be judged counts as held: of another machine, on a shared disk, or being written just now. */
function isHeld(path: string, text: string): boolean {
  const owner = ownerOf(text);
  if (!owner || owner.host !== hostname()) return true;
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
    const { host, pid } = JSON.parse(text) as Partial<Owner>;
    return typeof host === "string" && Number.isSafeInteger(pid) && pid! > 0
      ? { host, pid: pid! }
      : undefined;
  } catch {
    return undefined;
  }
}

function locked(path: string, text: string): ElpisError {
  const owner = ownerOf(text);
  const machine = owner && owner.host !== hostname() ? ` on ${owner.host}` : "";
  const who = owner ? ` (process ${owner.pid}${machine})` : "";
  return new ElpisError(
    "OUTPUT_EXISTS",
    `another run is writing there${who}: wait for it to end; if there is no such run, remove ${path}`,
  );
}
