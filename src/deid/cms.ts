import { constants, createCipheriv, type KeyObject, publicEncrypt, X509Certificate } from "node:crypto";
import { deriveKey, ElpisError, sha256, toHex } from "../base/index.js";
import { DerTag, der, derOid, derSmallInteger, derValues } from "./der.js";

const OID = {
  data: "1.2.840.113549.1.7.1",
  envelopedData: "1.2.840.113549.1.7.3",
  rsaEncryption: "1.2.840.113549.1.1.1",
  aes256Cbc: "2.16.840.1.101.3.4.1.42",
} as const;

const KEY_BYTES = 32;
const IV_BYTES = 16;
export const LEAST_RSA_BITS = 2048;

/** The holder of the private key, as CMS names one: issuer and serial number, and the key itself. */
export interface CmsRecipient {
  readonly certificate: X509Certificate;
  readonly publicKey: KeyObject;
  /** SHA-256 of the certificate, hexadecimal. */
  readonly digest: string;
  /** IssuerAndSerialNumber (RFC 5652 10.2.4). */
  readonly issuerAndSerial: Uint8Array;
  /** Bytes of the RSA modulus. */
  readonly modulusBytes: number;
}

/**
 * Reads a PEM certificate that may receive encrypted attributes. Throws CERTIFICATE_INVALID when it is none,
 * when the file holds a private key besides, or when its key is not RSA of 2048 bits or more. Whether the
 * certificate has expired is not asked: that would make the result depend on the day.
 */
export function readRecipient(certificatePem: string): CmsRecipient {
  if (certificatePem.includes("PRIVATE KEY-----")) {
    throw new ElpisError(
      "CERTIFICATE_INVALID",
      "the file holds a private key; it should hold a certificate alone",
    );
  }
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(certificatePem);
  } catch (error) {
    throw new ElpisError("CERTIFICATE_INVALID", "not an X.509 certificate in PEM", { cause: error });
  }
  const { publicKey } = certificate;
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  const bits = details?.modulusLength ?? 0;
  if (type !== "rsa" || bits < LEAST_RSA_BITS) {
    const found = type === "rsa" ? `RSA of ${bits} bits` : String(type);
    throw new ElpisError(
      "CERTIFICATE_INVALID",
      `its key is ${found}; RSA of ${LEAST_RSA_BITS} bits or more is needed`,
    );
  }
  const raw = new Uint8Array(certificate.raw);
  return {
    certificate,
    publicKey,
    digest: toHex(sha256(raw)),
    issuerAndSerial: issuerAndSerialOf(raw),
    modulusBytes: Math.ceil(bits / 8),
  };
}

/** TBSCertificate (RFC 5280 4.1): [0] version, serial number, signature algorithm, issuer, … */
function issuerAndSerialOf(certificate: Uint8Array): Uint8Array {
  const fields = derValues(derValues(derValues(certificate)[0]!.body)[0]!.body);
  const serial = fields.findIndex(({ tag }) => tag === DerTag.Integer);
  return der(DerTag.Sequence, fields[serial + 2]!.whole, fields[serial]!.whole);
}

const recipients = new Map<string, CmsRecipient>();

/** A run has one recipient and thousands of instances. */
function recipientOf(certificatePem: string): CmsRecipient {
  const known = recipients.get(certificatePem);
  if (known) return known;
  const recipient = readRecipient(certificatePem);
  recipients.clear();
  recipients.set(certificatePem, recipient);
  return recipient;
}

/**
 * CMS EnvelopedData (RFC 5652 6) in DER: `plaintext` under AES-256-CBC (RFC 3565), its key under RSA with
 * PKCS #1 v1.5 (RFC 3370 4.2.1). PS3.15 E.1.1 demands that key transport by reference to RFC 2313 and
 * RFC 3370, so OAEP is not a choice. v1.5 is weak where an attacker may ask a decrypting machine again and
 * again whether a padding was right; do not build such a machine on these files.
 *
 * Nothing is drawn at random: content key, IV and RSA padding are HKDF(escrow key, SHA-256 of the plaintext,
 * certificate). Equal inputs therefore give equal bytes, and a run that was killed goes on as it began.
 * That is safe, as it is in synthetic-IV encryption (RFC 5297): without the escrow key all three look
 * random; a key and IV meet a second time only for the same plaintext; and what an observer learns is that two
 * plaintexts under one escrow key are equal, no more. He cannot test a guess, for that takes the escrow key.
 * `encryptedAttributes` gives each instance its own escrow key and closes even that.
 *
 * Throws CERTIFICATE_INVALID.
 */
export function enveloped(plaintext: Uint8Array, certificatePem: string, escrowKey: Uint8Array): Uint8Array {
  const recipient = recipientOf(certificatePem);
  const purpose = ["cms", toHex(sha256(plaintext)), recipient.digest];
  const drawn = deriveKey(escrowKey, purpose, KEY_BYTES + IV_BYTES + 2 * recipient.modulusBytes);
  const contentKey = drawn.subarray(0, KEY_BYTES);
  const iv = drawn.subarray(KEY_BYTES, KEY_BYTES + IV_BYTES);
  const padding = nonZero(drawn.subarray(KEY_BYTES + IV_BYTES));
  const cipher = createCipheriv("aes-256-cbc", contentKey, iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const keyTransport = der(
    DerTag.Sequence,
    derSmallInteger(0),
    recipient.issuerAndSerial,
    der(DerTag.Sequence, derOid(OID.rsaEncryption), der(DerTag.Null)),
    der(DerTag.OctetString, transported(contentKey, padding, recipient)),
  );
  const content = der(
    DerTag.Sequence,
    derOid(OID.data),
    der(DerTag.Sequence, derOid(OID.aes256Cbc), der(DerTag.OctetString, iv)),
    der(DerTag.Context0Primitive, ciphertext),
  );
  const envelope = der(DerTag.Sequence, derSmallInteger(0), der(DerTag.Set, keyTransport), content);
  return der(DerTag.Sequence, derOid(OID.envelopedData), der(DerTag.Context0, envelope));
}

/** RSAES-PKCS1-v1_5 (RFC 8017 7.2.1) with the given padding: 00 02 ‖ non-zero bytes ‖ 00 ‖ key. */
function transported(contentKey: Uint8Array, padding: Uint8Array, recipient: CmsRecipient): Uint8Array {
  const block = new Uint8Array(recipient.modulusBytes);
  const paddingEnd = block.length - KEY_BYTES - 1;
  block[1] = 2;
  block.set(padding.subarray(0, paddingEnd - 2), 2);
  block.set(contentKey, paddingEnd + 1);
  return publicEncrypt({ key: recipient.publicKey, padding: constants.RSA_NO_PADDING }, block);
}

/** 1 in 256 is dropped of twice as many bytes as a modulus has: what is left always suffices. */
function nonZero(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte) => byte !== 0);
}
