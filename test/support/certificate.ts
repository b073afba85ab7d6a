import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { latin1 } from "../../src/base/index.js";
import { DerTag, der, derOid, derSmallInteger } from "../../src/deid/der.js";

export interface TestCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly privateKey: KeyObject;
}

const UTC_TIME = 0x17;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
/** sha256WithRSAEncryption, ecdsa-with-SHA256, id-at-commonName. */
const [SHA256_RSA, SHA256_ECDSA, COMMON_NAME] = ["1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2", "2.5.4.3"];

/** A self-signed certificate (RFC 5280) with a key made on the spot: nothing secret is kept in the repository. */
export function selfSigned(kind: "rsa" | "ec" = "rsa", bits = 2048, name = "Key Holder"): TestCertificate {
  const { privateKey, publicKey } =
    kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: bits })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const sequence = (...parts: Uint8Array[]) => der(DerTag.Sequence, ...parts);
  const algorithm = sequence(derOid(kind === "rsa" ? SHA256_RSA : SHA256_ECDSA));
  const commonName = sequence(derOid(COMMON_NAME), der(UTF8_STRING, latin1(name)));
  const holder = sequence(der(DerTag.Set, commonName));
  const validity = sequence(der(UTC_TIME, latin1("200101000000Z")), der(UTC_TIME, latin1("490101000000Z")));
  const keyInfo = publicKey.export({ format: "der", type: "spki" });
  const version = der(DerTag.Context0, derSmallInteger(2));
  const body = sequence(version, derSmallInteger(7), algorithm, holder, validity, holder, keyInfo);
  const signature = der(BIT_STRING, Uint8Array.of(0), sign("sha256", body, privateKey));
  const base64 = Buffer.from(sequence(body, algorithm, signature)).toString("base64");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return {
    certificatePem: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"),
    privateKeyPem: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    privateKey,
  };
}
