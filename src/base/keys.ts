import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8 } from "./bytes.js";

/** SHA-256 (FIPS 180-4), 32 bytes. For whole files prefer the platform's own, which is many times faster. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

/**
 * HMAC-SHA-256 (RFC 2104) over the fields, each preceded by its length as 4 bytes big endian: ("ab","c")
 * and ("a","bc") must not meet. 32 bytes.
 */
export function hmacFields(key: Uint8Array, ...fields: readonly (string | Uint8Array)[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const field of fields) {
    const bytes = typeof field === "string" ? utf8(field) : field;
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length);
    parts.push(length, bytes);
  }
  return hmac(nobleSha256, key, concatBytes(parts));
}

/**
 * HKDF-SHA-256 (RFC 5869) without salt: a key of `length` bytes for one purpose. The purpose's fields are
 * length-prefixed, so that no two purposes share a key.
 */
export function deriveKey(secret: Uint8Array, purpose: readonly string[], length = 32): Uint8Array {
  const info = concatBytes(purpose.flatMap((field) => [utf8(`${utf8(field).length}:`), utf8(field)]));
  return hkdf(nobleSha256, secret, undefined, info, length);
}
