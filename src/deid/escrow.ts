import { deriveKey } from "../base/index.js";
import {
  EXPLICIT_LITTLE,
  encodeElements,
  type NewElement,
  newElement,
  Tags,
  TransferSyntax,
} from "../dicom/index.js";
import { enveloped } from "./cms.js";

/**
 * Encrypted Attributes Sequence (0400,0500) with one item: the original values, which only the holder of the
 * certificate's private key can read (PS3.15 E.1.1, PS3.3 C.12.1.1.4.1).
 *
 *     (0400,0500) SQ  └ item ─ (0400,0510) UI  Explicit VR Little Endian
 *                              (0400,0520) OB  CMS ─ (0400,0550) SQ └ item ─ original elements
 *
 * `original`: elements as they were, values in little endian, with Specific Character Set where a text has
 * other characters than ASCII. They are written in ascending order of tags, as PS3.5 7.1 wants.
 * `context` names the instance, by its new SOP Instance UID, say: it separates the keys of two instances that
 * hold the same values, so that their ciphertexts do not match. Equal inputs give equal bytes (see `enveloped`).
 * Throws CERTIFICATE_INVALID, and DICOM_BAD_EDIT for a value that explicit VR cannot hold.
 */
export function encryptedAttributes(
  original: readonly NewElement[],
  certificatePem: string,
  escrowKey: Uint8Array,
  context: string,
): NewElement {
  const ordered = [...original].sort((a, b) => a.tag - b.tag);
  const modified: NewElement = { tag: Tags.ModifiedAttributesSequence, vr: "SQ", value: [ordered] };
  const plaintext = encodeElements([modified], EXPLICIT_LITTLE);
  const instanceKey = deriveKey(escrowKey, ["escrow", context]);
  const content = enveloped(plaintext, certificatePem, instanceKey);
  return {
    tag: Tags.EncryptedAttributesSequence,
    vr: "SQ",
    value: [
      [
        newElement(Tags.EncryptedContentTransferSyntaxUID, TransferSyntax.ExplicitVRLittleEndian),
        newElement(Tags.EncryptedContent, content),
      ],
    ],
  };
}
