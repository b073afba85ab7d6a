import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ElpisError } from "../../base/index.js";
import { BUILTIN_PROFILES, builtinProfile, isBuiltin, type Profile, parseProfile } from "../../deid/index.js";
import { errorCode } from "./list.js";

/**
 * A profile that came along, by name, or a site's own, by path; what it extends and the certificate that it
 * names lie relative to it. Throws NOT_FOUND where there is neither, PROFILE_INVALID with line and key where
 * it is wrong.
 */
export function loadProfile(nameOrPath: string): Profile {
  if (isBuiltin(nameOrPath)) return builtinProfile(nameOrPath);
  let text: string;
  try {
    text = readFileSync(nameOrPath, "utf8");
  } catch (error) {
    const names = Object.keys(BUILTIN_PROFILES).join(", ");
    throw new ElpisError(
      "NOT_FOUND",
      `${nameOrPath} is no profile file that can be read (${errorCode(error)}), and no profile that comes along: ${names}`,
    );
  }
  const folder = dirname(resolve(nameOrPath));
  return parseProfile(text, nameOrPath, {
    loadBase: (path) => textOrNothing(resolve(folder, path)),
    readSibling: (path) => readFileSync(resolve(folder, path)),
  });
}

function textOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
