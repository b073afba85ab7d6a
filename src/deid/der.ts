import { concatBytes } from "../base/index.js";

/** The identifier octets of X.690 8.1.2 that CMS needs. */
export const DerTag = {
  Integer: 0x02,
  OctetString: 0x04,
  Null: 0x05,
  ObjectIdentifier: 0x06,
  Sequence: 0x30,
  Set: 0x31,
  /** [0], constructed: EXPLICIT, and the version of a certificate. */
  Context0: 0xa0,
  /** [0], primitive: IMPLICIT over an octet string. */
  Context0Primitive: 0x80,
} as const;

/** One DER value: identifier, shortest definite length (X.690 10.1), contents. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(contents);
  return concatBytes([Uint8Array.from([tag, ...lengthOctets(body.length)]), body]);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return [0x80 | digits.length, ...digits];
}

/** OBJECT IDENTIFIER from dotted decimals (X.690 8.19). */
export function derOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift(0x80 | (left % 128));
    }
    return digits;
  });
  return der(DerTag.ObjectIdentifier, Uint8Array.from(octets));
}

/** INTEGER for 0 to 127: CMS versions. */
export function derSmallInteger(value: number): Uint8Array {
  return der(DerTag.Integer, Uint8Array.of(value));
}

/** One value of a DER encoding: `whole` with its header, `body` without. */
export interface DerValue {
  readonly tag: number;
  readonly whole: Uint8Array;
  readonly body: Uint8Array;
}

/** The values that follow one another in a DER encoding; throws a RangeError when one runs over the end. */
export function derValues(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const short = bytes[at + 1] ?? 0;
    const digits = short < 0x80 ? 0 : short & 0x7f;
    let length = digits === 0 ? short : 0;
    for (let i = 0; i < digits; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0);
    const start = at + 2 + digits;
    if (start + length > bytes.length) throw new RangeError("a DER value runs over the end");
    values.push({
      tag: bytes[at]!,
      whole: bytes.subarray(at, start + length),
      body: bytes.subarray(start, start + length),
    });
    at = start + length;
  }
  return values;
}
