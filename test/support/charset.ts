import { latin1 } from "../../src/base/index.js";
import { parseCharacterSet, type TextKind } from "../../src/dicom/charset/index.js";

/** Registrations of the sets of one byte a character. */
export const SINGLE_BYTE = [100, 101, 109, 110, 126, 127, 138, 144, 148, 166, 203, 13];

/** Values of Specific Character Set: every set alone, and with code extensions. */
export const EVERY_SET: readonly (readonly string[])[] = [
  [],
  ...SINGLE_BYTE.map((registration) => [`ISO_IR ${registration}`]),
  ...SINGLE_BYTE.map((registration) => ["", `ISO 2022 IR ${registration}`]),
  ["ISO_IR 192"],
  ["GB18030"],
  ["GBK"],
  ["", "ISO 2022 IR 87"],
  ["ISO 2022 IR 13", "ISO 2022 IR 87", "ISO 2022 IR 159"],
  ["ISO 2022 IR 100", "ISO 2022 IR 126", "ISO 2022 IR 144"],
  ["ISO 2022 IR 100", "ISO 2022 IR 149"],
  ["", "ISO 2022 IR 149"],
  ["", "ISO 2022 IR 58"],
  ["ISO 2022 IR 149"],
  ["NO SUCH TERM"],
];

/** Bytes are written as characters of Latin-1. */
export const decode = (terms: readonly string[], bytes: string, kind: TextKind = "text") =>
  parseCharacterSet(terms).decode(latin1(bytes), kind);

/** Null where the sets lack a character. */
export const encode = (terms: readonly string[], text: string, kind: TextKind = "text") => {
  const bytes = parseCharacterSet(terms).encode(text, kind);
  return bytes === null ? null : String.fromCharCode(...bytes);
};

/** The values of multi-valued text. */
export const split = (terms: readonly string[], bytes: string) =>
  parseCharacterSet(terms)
    .splitValues(latin1(bytes))
    .map((value) => String.fromCharCode(...value));
