import { concatBytes, deriveKey, ElpisError, fromHex, sha256, toHex, utf8 } from "../base/index.js";

/** Keys of one site for one project and one recipient: what one recipient holds joins no other's copy. */
export interface ProjectKeys {
  readonly project: string;
  readonly recipient: string;
  readonly uid: Uint8Array;
  readonly patient: Uint8Array;
  readonly dates: Uint8Array;
  /** For HMACs of what went in, by which the site recognises its originals and nobody else does. */
  readonly input: Uint8Array;
  /** For the digest of the first pass. */
  readonly survey: Uint8Array;
  readonly escrow: Uint8Array;
  /** For the journal of a run, whose lines nobody else may write. */
  readonly journal: Uint8Array;
  /** 16 hexadecimal digits that tell two keys apart and reveal neither. Differs between recipients. */
  readonly fingerprint: string;
}

export const SITE_SECRET_BYTES = 32;

/** HKDF(site secret, project, recipient) for each use. Throws SITE_KEY_INVALID unless the secret has 32 bytes. */
export function deriveProjectKeys(siteSecret: Uint8Array, project: string, recipient: string): ProjectKeys {
  if (siteSecret.length !== SITE_SECRET_BYTES) {
    throw new ElpisError("SITE_KEY_INVALID", `a site key has ${SITE_SECRET_BYTES} bytes`);
  }
  const keyFor = (use: string) => deriveKey(siteSecret, ["elpis/1", project, recipient, use]);
  return {
    project,
    recipient,
    uid: keyFor("uid"),
    patient: keyFor("patient"),
    dates: keyFor("dates"),
    input: keyFor("input"),
    survey: keyFor("survey"),
    escrow: keyFor("escrow"),
    journal: keyFor("journal"),
    fingerprint: toHex(keyFor("fingerprint").subarray(0, 8)),
  };
}

/*
 * A site key as text. The check tells a damaged copy from a whole one: the first 4 bytes of the SHA-256 over
 * format and secret.
 *
 *     # comments
 *     elpis-site-key-1
 *     secret 64 hexadecimal digits
 *     check 8 hexadecimal digits
 */
const FORMAT = "elpis-site-key-1";
const HEADER = `# Site key of Elpis. Keep it secret and back it up.
# Whoever has it can find out who is who in every release made with it.
# Without it, a patient's next study gets other numbers than the last.
`;

/** The text of a key file for a secret of 32 bytes. */
export function encodeSiteKey(secret: Uint8Array): string {
  return `${HEADER}${FORMAT}\nsecret ${toHex(secret)}\ncheck ${checkOf(secret)}\n`;
}

/** The secret in the text of a key file. Throws SITE_KEY_INVALID, naming `path`, for a damaged copy or another text. */
export function parseSiteKey(text: string, path: string): Uint8Array {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const [format, secretLine = "", checkLine = "", ...rest] = lines.filter(
    (line) => line !== "" && !line.startsWith("#"),
  );
  if (format !== FORMAT) throw invalid(path, "is no site key of this software");
  const secret = /^secret ([0-9a-f]{64})$/i.exec(secretLine)?.[1];
  const check = /^check ([0-9a-f]{8})$/i.exec(checkLine)?.[1];
  if (secret === undefined || check === undefined || rest.length > 0) {
    throw invalid(path, "is damaged: restore it from its backup");
  }
  const bytes = fromHex(secret);
  if (checkOf(bytes) !== check.toLowerCase()) throw invalid(path, "is damaged: restore it from its backup");
  return bytes;
}

function checkOf(secret: Uint8Array): string {
  return toHex(sha256(concatBytes([utf8(FORMAT), secret])).subarray(0, 4));
}

function invalid(path: string, what: string): ElpisError {
  return new ElpisError("SITE_KEY_INVALID", `${path} ${what}`);
}
