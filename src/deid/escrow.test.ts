import { spawnSync } from "node:child_process";
import { constants, createDecipheriv, privateDecrypt } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { selfSigned, type TestCertificate } from "../../test/support/certificate.js";
import { scratchFolder } from "../../test/support/scratch.js";
import { itWithTool } from "../../test/support/tools.js";
import { concatBytes, ElpisError, isElpisError, utf8 } from "../base/index.js";
import {
  type DicomFile,
  encodeFileMeta,
  memorySource,
  type NewElement,
  newElements,
  readFile,
  Tags,
  TransferSyntax,
} from "../dicom/index.js";
import { enveloped, readRecipient } from "./cms.js";
import { derValues } from "./der.js";
import { encryptedAttributes } from "./escrow.js";

const holder = selfSigned();
const stranger = selfSigned("rsa", 2048, "Stranger");
const escrowKey = new Uint8Array(32).fill(7);
const original = newElements({
  PatientID: "MRN 4711",
  PatientName: "Doe^Jane",
  OtherPatientIDsSequence: [{ PatientID: "A-1", TypeOfPatientID: "TEXT" }],
});

function contentOf(element: NewElement): Uint8Array {
  const items = element.value as readonly (readonly NewElement[])[];
  return items[0]![1]!.value as Uint8Array;
}

/** Without the NUL that makes an OB even: the length stands in the header, 30 82 hh ll. */
function unpadded(cms: Uint8Array): Uint8Array {
  return cms[1] === 0x82 ? cms.subarray(0, 4 + cms[2]! * 256 + cms[3]!) : cms;
}

/** Without openssl: the fields of RFC 5652 one by one. */
function opened(cms: Uint8Array, { privateKey }: TestCertificate) {
  const envelope = derValues(derValues(derValues(unpadded(cms))[0]!.body)[1]!.body)[0]!;
  const [, recipientInfos, content] = derValues(envelope.body);
  const encryptedKey = derValues(derValues(recipientInfos!.body)[0]!.body)[3]!.body;
  const [, algorithm, ciphertext] = derValues(content!.body);
  const iv = derValues(algorithm!.body)[1]!.body;
  const block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encryptedKey);
  const padding = block.subarray(2, block.indexOf(0, 2));
  const key = block.subarray(block.indexOf(0, 2) + 1);
  const decipher = createDecipheriv("aes-256-cbc", key, iv);
  const plaintext = Buffer.concat([decipher.update(ciphertext!.body), decipher.final()]);
  return { block, padding, key: key.toString("hex"), iv: Buffer.from(iv).toString("hex"), plaintext };
}

function parsed(plaintext: Uint8Array): DicomFile {
  const meta = encodeFileMeta("1.2.840.10008.5.1.4.1.1.2", "2.25.1", TransferSyntax.ExplicitVRLittleEndian);
  return readFile(memorySource(concatBytes([meta, plaintext])));
}

function expectOriginal(plaintext: Uint8Array): void {
  const { data } = parsed(plaintext);
  const modified = data.find(Tags.ModifiedAttributesSequence);
  expect(data.items(modified)).toHaveLength(1);
  const item = data.items(modified)[0]!;
  expect(data.string(Tags.PatientID, item)).toBe("MRN 4711");
  expect(data.string(Tags.PatientName, item)).toBe("Doe^Jane");
  const inner = data.items(data.find(Tags.OtherPatientIDsSequence, item))[0]!;
  expect(data.string(Tags.PatientID, inner)).toBe("A-1");
}

function opensslDecrypt(openssl: string, cms: Uint8Array, key: TestCertificate, withCertificate = true) {
  const folder = scratchFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at("cms.der"), cms);
  writeFileSync(at("key.pem"), key.privateKeyPem, { mode: 0o600 });
  writeFileSync(at("certificate.pem"), key.certificatePem);
  const recipient = withCertificate ? ["-recip", at("certificate.pem")] : [];
  const files = ["-in", at("cms.der"), "-inkey", at("key.pem"), "-out", at("plain")];
  const run = spawnSync(openssl, ["cms", "-decrypt", "-inform", "DER", "-binary", ...files, ...recipient]);
  return { status: run.status, plaintext: run.status === 0 ? readFileSync(at("plain")) : undefined };
}

describe("an Encrypted Attributes Sequence", () => {
  const element = encryptedAttributes(original, holder.certificatePem, escrowKey, "2.25.10");

  it("gives the key holder the original values back as a data set", () => {
    expectOriginal(opened(contentOf(element), holder).plaintext);
  });

  itWithTool(
    "openssl",
    "is opened by openssl with the key alone, and with the certificate",
    ({ openssl }) => {
      for (const withCertificate of [false, true]) {
        const { plaintext } = opensslDecrypt(openssl, contentOf(element), holder, withCertificate);
        expectOriginal(plaintext!);
      }
    },
  );

  itWithTool("openssl", "stays shut for another key", ({ openssl }) => {
    // With -inkey alone openssl answers a wrong key with random bytes (RFC 3218), so what counts is the content.
    const other = opensslDecrypt(openssl, contentOf(element), stranger, false);
    expect(other.plaintext?.includes("4711") ?? false).toBe(false);
    expect(opensslDecrypt(openssl, contentOf(element), stranger).status).not.toBe(0);
  });

  itWithTool(
    "openssl",
    "names its recipient and its algorithms as PS3.15 E.1.1 wants them",
    ({ openssl }) => {
      const arguments_ = ["cms", "-cmsout", "-print", "-inform", "DER"];
      const printed = spawnSync(openssl, arguments_, { input: contentOf(element) }).stdout.toString();
      expect(printed).toMatch(/pkcs7-envelopedData/);
      expect(printed).toMatch(/issuerAndSerialNumber[\s\S]*CN=Key Holder[\s\S]*serialNumber: 7/);
      expect(printed).toMatch(/algorithm: rsaEncryption/);
      expect(printed).toMatch(/algorithm: aes-256-cbc/);
    },
  );

  it("says how its content is encoded and has the two attributes of PS3.3 C.12.1.1.4.1", () => {
    const items = element.value as readonly (readonly NewElement[])[];
    expect(items).toHaveLength(1);
    expect(items[0]!.map(({ tag, vr }) => [tag, vr])).toEqual([
      [Tags.EncryptedContentTransferSyntaxUID, "UI"],
      [Tags.EncryptedContent, "OB"],
    ]);
    expect(Buffer.from(items[0]![0]!.value as Uint8Array).toString()).toBe("1.2.840.10008.1.2.1\0");
  });

  it("holds none of the original values in the open", () => {
    const bytes = Buffer.from(contentOf(element));
    for (const secret of ["4711", "Doe", "Jane", "A-1"]) expect(bytes.includes(secret)).toBe(false);
  });

  it("has the same bytes in every run, whatever the order of its elements", () => {
    const again = encryptedAttributes([...original].reverse(), holder.certificatePem, escrowKey, "2.25.10");
    expect(again).toEqual(element);
  });

  it.each([
    ["instance", encryptedAttributes(original, holder.certificatePem, escrowKey, "2.25.11")],
    ["escrow key", encryptedAttributes(original, holder.certificatePem, new Uint8Array(32), "2.25.10")],
    ["value", encryptedAttributes(original.slice(1), holder.certificatePem, escrowKey, "2.25.10")],
  ])("has another content key, IV and padding for another %s", (_, other) => {
    const [first, second] = [opened(contentOf(element), holder), opened(contentOf(other), holder)];
    expect(second.key).not.toBe(first.key);
    expect(second.iv).not.toBe(first.iv);
    expect(second.padding.equals(first.padding)).toBe(false);
  });
});

describe("the key transport", () => {
  it("has another content key for another certificate", () => {
    const [one, two] = [holder, stranger].map((key) =>
      opened(enveloped(utf8("x"), key.certificatePem, escrowKey), key),
    );
    expect(one!.key).not.toBe(two!.key);
    expect(one!.iv).not.toBe(two!.iv);
  });

  it.each([2048, 3072, 4096])("pads a key for RSA of %i bits as PKCS #1 v1.5 does", (bits) => {
    const recipient = selfSigned("rsa", bits);
    const { block, padding, key } = opened(
      enveloped(utf8("text"), recipient.certificatePem, escrowKey),
      recipient,
    );
    expect([...block.subarray(0, 2)]).toEqual([0, 2]);
    expect(padding).toHaveLength(bits / 8 - 3 - 32);
    expect(key).toHaveLength(64);
  });

  it.each([0, 1, 15, 16, 17, 127, 128, 65_536])("carries a plaintext of %i bytes", (length) => {
    const plaintext = new Uint8Array(length).map((_, i) => i % 251);
    const cms = enveloped(plaintext, holder.certificatePem, escrowKey);
    expect(new Uint8Array(opened(cms, holder).plaintext)).toEqual(plaintext);
  });
});

describe("a recipient certificate", () => {
  it.each([
    ["is no PEM", () => "no certificate"],
    ["holds an elliptic curve key", () => selfSigned("ec").certificatePem],
    ["holds an RSA key of 1024 bits", () => selfSigned("rsa", 1024).certificatePem],
    ["comes with its private key", () => holder.certificatePem + holder.privateKeyPem],
  ])("is refused when it %s", (_, pem) => {
    expect(() => readRecipient(pem())).toThrow(ElpisError);
    try {
      readRecipient(pem());
    } catch (error) {
      expect(isElpisError(error, "CERTIFICATE_INVALID")).toBe(true);
    }
  });
});
