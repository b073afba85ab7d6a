/**
 * How a value's characters are to be read:
 * `text`: a multi-valued LO, SH, UC, where a backslash separates values;
 * `PN`: the same, and ^ and = separate components and component groups;
 * `single`: LT, ST, UT, where a backslash is an ordinary character.
 */
export type TextKind = "text" | "PN" | "single";

export const ESC = 0x1b;
export const BACKSLASH = 0x5c;

function resetBytes(delimiters: string): Uint8Array {
  const resets = new Uint8Array(128);
  resets.fill(1, 0, 0x20);
  resets[ESC] = 0;
  for (const delimiter of delimiters) resets[delimiter.charCodeAt(0)] = 1;
  return resets;
}

/**
 * 1 for each byte at which code extensions return to their initial state (PS3.5 6.1.2.5.3): the control
 * characters other than ESC, and the delimiters of the kind.
 */
export const RESETS: Readonly<Record<TextKind, Uint8Array>> = {
  text: resetBytes("\\"),
  PN: resetBytes("\\^="),
  single: resetBytes(""),
};

/** The string of the first `length` UTF-16 units. */
export function unitsToString(units: Uint16Array, length: number): string {
  let text = "";
  for (let at = 0; at < length; at += 4096) {
    text += String.fromCharCode.apply(
      null,
      units.subarray(at, Math.min(length, at + 4096)) as unknown as number[],
    );
  }
  return text;
}
