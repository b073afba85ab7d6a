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
import { ElpisError, sha256, toHex, utf8 } from "../../base/index.js";
import { removeIfThere, unwritable } from "./files.js";
import { errorCode } from "./list.js";

/**
 * Who holds a lock, as the file says, one line of JSON:
 *     {"host":"reading-room","machine":"5f0c…","pid":4711,"birth":"9b1d…/88213","namespace":"pid:[4026531836]",
 *      "since":"2026-11-20T08:30:00.000Z"}
 * Everything but host and number may be "": where the system does not tell, and in locks of earlier versions.
 */
interface Owner {
  readonly host: string;
  /** Which of several machines of one name: a digest of its ID. */
  readonly machine: string;
  readonly pid: number;
  /** Which of all processes that had this number: since when it runs, and in which run of the system. */
  readonly birth: string;
  /** Where the number counts: containers of one host number their processes each from 1. */
  readonly namespace: string;
  /** When the lock was taken, for whoever reads the refusal. */
  readonly since: string;
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
  const owner: Owner = {
    host: hostname(),
    machine: ownMachine(),
    pid: process.pid,
    birth: birthOf(process.pid),
    namespace: ownNamespace(),
    since: new Date().toISOString(),
  };
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

/** A digest, for the ID itself is not to be shown (machine-id(5)); "" where there is none. */
function ownMachine(): string {
  const id = systemFile("/etc/machine-id").trim();
  return id === "" ? "" : toHex(sha256(utf8(`elpis lock ${id}`))).slice(0, 16);
}

/** The run of the system and the tick of its clock in which a process began (proc(5)); "" where nothing tells. */
function birthOf(pid: number): string {
  const boot = systemFile("/proc/sys/kernel/random/boot_id").trim();
  // The second field, the program's name, may hold spaces and brackets; the start is the 20th behind it.
  const stat = systemFile(`/proc/${pid}/stat`);
  const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return boot === "" || start === undefined ? "" : `${boot}/${start}`;
}

function systemFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Whether its number is that of a process here, which can be asked for. */
function isNear(owner: Owner): boolean {
  return (
    owner.host === hostname() && owner.namespace === ownNamespace() && isSaid(owner.machine, ownMachine())
  );
}

/** Equal, or not told. */
const isSaid = (said: string, found: string): boolean => said === "" || found === "" || said === found;

/** What cannot be judged counts as held: of another machine or container, or being written just now. */
function isHeld(path: string, text: string): boolean {
  const owner = ownerOf(text);
  if (!owner || !isNear(owner)) return true;
  if (owner.pid === process.pid) return own.has(path);
  // The number went to another process since, perhaps after the machine was started anew.
  if (!isSaid(owner.birth, birthOf(owner.pid))) return false;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

function ownerOf(text: string): Owner | undefined {
  try {
    const { pid, ...said } = JSON.parse(text) as Partial<Owner>;
    const { host, machine = "", birth = "", namespace = "", since = "" } = said;
    const isSound = [host, machine, birth, namespace, since].every((value) => typeof value === "string");
    const isOurs = isSound && Number.isSafeInteger(pid) && pid! > 0;
    return isOurs ? { host: host!, machine, pid: pid!, birth, namespace, since } : undefined;
  } catch {
    return undefined;
  }
}

function locked(path: string, text: string): ElpisError {
  const owner = ownerOf(text);
  const isHere = owner && isNear(owner);
  return new ElpisError(
    "OUTPUT_EXISTS",
    `another run is writing there${owner ? ` (${described(owner)})` : ""}: wait for it to end; ` +
      `if there is no such run${isHere === false ? ", which cannot be seen from here" : ""}, remove ${path}`,
  );
}

/** What is not of a lock's form is not repeated: anybody may have written it. */
function described(owner: Owner): string {
  const { host, machine, pid, since } = owner;
  const isElsewhere = host !== hostname() || !isSaid(machine, ownMachine());
  const container = isNear(owner) ? "" : " in another container";
  const where = isElsewhere ? ` on ${host.replace(/[^\w.-]/g, "?")}` : container;
  return `process ${pid}${where}${/^[\dT:.Z-]+$/.test(since) ? `, since ${since}` : ""}`;
}
