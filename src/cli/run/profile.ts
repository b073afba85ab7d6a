import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ElpisError, isElpisError } from "../../base/index.js";
import { BUILTIN_PROFILES, builtinProfile, isBuiltin, type Profile, parseProfile } from "../../deid/index.js";
import { errorCode } from "./list.js";

/** A profile, or the certificate that it names. */
const MAX_FILE_BYTES = 1 << 20;

/**
 * A profile that came along, by name, or a site's own, by path; what it extends and the certificate that it
 * names lie relative to it. Throws NOT_FOUND where there is neither, PROFILE_INVALID with line and key where
 * it is wrong. A profile may name any file of the machine: of one that is no profile nothing is told.
 */
export function loadProfile(nameOrPath: string): Profile {
  if (isBuiltin(nameOrPath)) return builtinProfile(nameOrPath);
  const text = profileText(nameOrPath, (code) => {
    const names = Object.keys(BUILTIN_PROFILES).join(", ");
    throw new ElpisError(
      "NOT_FOUND",
      `${nameOrPath} is no profile file that can be read (${code}), and no profile that comes along: ${names}`,
    );
  });
  const folder = dirname(resolve(nameOrPath));
  try {
    return parseProfile(text, nameOrPath, {
      loadBase: (path) => profileText(resolve(folder, path), () => undefined),
      readSibling: (path) => smallFile(resolve(folder, path)),
    });
  } catch (error) {
    throw isElpisError(error, "PROFILE_INVALID")
      ? new ElpisError("PROFILE_INVALID", withoutEcho(error.message))
      : error;
  }
}

/** Every profile has a name; in block style or flow style, in quotes or not. */
const NAME_KEY = /^\uFEFF?[ \t]*\{?[ \t]*["']?name["']?[ \t]*:/m;

/** `missing` is told why the file cannot be opened. Throws PROFILE_INVALID for what is no profile. */
function profileText<Missing>(path: string, missing: (code: string) => Missing): string | Missing {
  let text: string;
  try {
    text = smallFile(path).toString("utf8");
  } catch (error) {
    if (error instanceof ElpisError) throw error;
    return missing(errorCode(error));
  }
  if (NAME_KEY.test(text)) return text;
  throw new ElpisError("PROFILE_INVALID", `profile ${path}: no line gives the profile a name ("name: ...")`);
}

/** Opened without waiting for the other end of a pipe; devices have no end at all. */
function smallFile(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const info = fstatSync(fd);
    if (info.isFile() && info.size <= MAX_FILE_BYTES) return readFileSync(fd);
    const why = info.isFile() ? `has more than ${MAX_FILE_BYTES} bytes` : "is no regular file";
    throw new ElpisError("PROFILE_INVALID", `profile ${path}: ${why}`);
  } finally {
    closeSync(fd);
  }
}

/** Keys of profiles: words, tags, and positions in lists. */
const KEYS = /^[\w-]{1,40}(?:\.[\w(),-]{1,40}|\[\d{1,9}\])*$/;

/**
 * The problems of a profile without what the file says but for its keys, and of those none that is no word: the
 * file may hold secrets all the same.
 */
function withoutEcho(message: string): string {
  const [head, ...problems] = message.split("\n");
  const told = problems.map((problem) => {
    const keyed = /^( *line \d+, )(.*?)(: .*)$/.exec(problem);
    if (keyed) return KEYS.test(keyed[2]!) ? problem : `${keyed[1]}a key that is no word: no such key`;
    // What the YAML reader has to say ends with the text that it could not read.
    const [, line = "", why = ""] = /^( *line \d+: )(.*)$/.exec(problem) ?? [];
    return line === "" ? "" : `${line}${why.replace(/: .*$/, "").replace(/[%!&*]\S+/g, "")}`;
  });
  return [head, ...told.filter((line) => line !== "")].join("\n");
}
