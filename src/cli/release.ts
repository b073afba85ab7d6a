import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ElpisError } from "../base/index.js";
import { deriveProjectKeys, type ProjectKeys } from "../deid/index.js";
import { parseManifest, type ReleaseManifest } from "../ledger/index.js";
import { errorCode } from "./run/list.js";

/** The manifest of a release folder. Throws INPUT_UNREADABLE where there is none that can be read. */
export function readRelease(out: string): ReleaseManifest {
  const path = join(out, "release.json");
  try {
    return parseManifest(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof ElpisError) throw new ElpisError("INPUT_UNREADABLE", `${path}: ${error.message}`);
    throw new ElpisError(
      "INPUT_UNREADABLE",
      `${path} cannot be read (${errorCode(error)}): name the folder of a release`,
    );
  }
}

/** The keys of a release, or undefined where the site key is another than the one it was made with. */
export function keysOfRelease(release: ReleaseManifest, siteSecret: Uint8Array): ProjectKeys | undefined {
  const keys = deriveProjectKeys(siteSecret, release.project, release.recipient);
  return keys.fingerprint === release.key ? keys : undefined;
}
