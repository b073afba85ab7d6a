import { randomBytes } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { ElpisError } from "../base/index.js";
import { encodeSiteKey, parseSiteKey, SITE_SECRET_BYTES } from "../deid/index.js";
import type { Io } from "./output.js";
import { makeFolder } from "./run/files.js";
import { errorCode } from "./run/list.js";

const MAX_FILE_BYTES = 4096;

/** Where the key is unless the user says: $XDG_CONFIG_HOME/elpis/site.key, else ~/.config/elpis/site.key. */
export function defaultSiteKeyPath(env: Io["env"]): string {
  const configured = env.XDG_CONFIG_HOME;
  // XDG Base Directory Specification: a relative path is invalid and to be ignored
  const folder = configured && isAbsolute(configured) ? configured : join(homedir(), ".config");
  return join(folder, "elpis", "site.key");
}

function invalid(path: string, what: string): ElpisError {
  return new ElpisError("SITE_KEY_INVALID", `${path} ${what}`);
}

/**
 * Reads a key file. Throws SITE_KEY_INVALID where it is missing, damaged or open to others than its owner;
 * a missing key is never made here, because a mistyped path would give every patient new numbers.
 */
export function readSiteKey(path: string): Uint8Array {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      throw invalid(
        path,
        `does not exist: check the path, or make a new key with "elpis key new --site-key ${path}"`,
      );
    }
    throw invalid(path, `cannot be read (${errorCode(error)})`);
  }
  try {
    const info = fstatSync(file);
    if (!info.isFile() || info.size > MAX_FILE_BYTES) throw invalid(path, "is no site key of this software");
    // Windows has no such bits; there the folder of the user's profile is what protects the file.
    if (process.platform !== "win32" && (info.mode & 0o077) !== 0) {
      throw invalid(
        path,
        `can be read by others than its owner: run "chmod 600 ${path}", and ask who may have read it`,
      );
    }
    return parseSiteKey(readFileSync(file, "latin1"), path);
  } finally {
    closeSync(file);
  }
}

/** Makes a key file that only its owner can read. Throws OUTPUT_EXISTS where there is one: no key is ever replaced. */
export function createSiteKey(path: string): Uint8Array {
  const secret = Uint8Array.from(randomBytes(SITE_SECRET_BYTES));
  let file: number;
  try {
    makeFolder(dirname(path), 0o700);
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    if (error instanceof ElpisError) throw error;
    if (errorCode(error) === "EEXIST") {
      throw new ElpisError("OUTPUT_EXISTS", `${path} exists already: a key is never overwritten`);
    }
    throw new ElpisError("OUTPUT_UNWRITABLE", `${path} cannot be made (${errorCode(error)})`);
  }
  try {
    writeSync(file, encodeSiteKey(secret));
    fsyncSync(file);
  } catch (error) {
    unlinkSync(path);
    throw new ElpisError("OUTPUT_UNWRITABLE", `${path} cannot be written (${errorCode(error)})`);
  } finally {
    closeSync(file);
  }
  return secret;
}

/**
 * The key that a command uses: the file that the user named, which must exist, or the one in the
 * configuration folder, which is made on first use. Tells on stderr when it makes one.
 */
export function siteKeyFor(named: string | undefined, io: Io): Uint8Array {
  if (named !== undefined) return readSiteKey(named);
  const path = defaultSiteKeyPath(io.env);
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return readSiteKey(path);
  let secret: Uint8Array;
  try {
    secret = createSiteKey(path);
  } catch (error) {
    // another run made it a moment ago
    if (error instanceof ElpisError && error.code === "OUTPUT_EXISTS") return readSiteKey(path);
    throw error;
  }
  io.stderr.write(
    `Made a new site key: ${path}\nBack it up now; docs/guides/privacy-officer.md says how and why.\n`,
  );
  return secret;
}
