import { deriveKey, ElpisError, toHex } from "../base/index.js";

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
    fingerprint: toHex(keyFor("fingerprint").subarray(0, 8)),
  };
}
