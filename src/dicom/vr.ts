/** The value representations of PS3.5 6.2. */
export const VALUE_REPRESENTATIONS = [
  "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF", "OL", "OV", "OW",
  "PN", "SH", "SL", "SQ", "SS", "ST", "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV",
] as const; // biome-ignore format: a table

export type VR = (typeof VALUE_REPRESENTATIONS)[number];

/** A VR as its two characters in one number, as the tokeniser keeps it. */
export function vrCode(vr: VR): number {
  return (vr.charCodeAt(0) << 8) | vr.charCodeAt(1);
}

const BY_CODE = new Map<number, VR>(VALUE_REPRESENTATIONS.map((vr) => [vrCode(vr), vr]));

/** The VR of a code, or undefined when the two characters name none. */
export function vrOfCode(code: number): VR | undefined {
  return BY_CODE.get(code);
}

const setOf = (...vrs: VR[]): ReadonlySet<VR> => new Set(vrs);

/** VRs whose explicit header has a 32-bit length after two reserved bytes (PS3.5 Table 7.1-1). */
export const LONG_HEADER = setOf(
  "OB",
  "OD",
  "OF",
  "OL",
  "OV",
  "OW",
  "SQ",
  "SV",
  "UC",
  "UN",
  "UR",
  "UT",
  "UV",
);
/** VRs whose text follows Specific Character Set (PS3.5 6.1.2.2). */
export const CHARSET_TEXT = setOf("LO", "LT", "PN", "SH", "ST", "UC", "UT");
/** VRs of characters in the default repertoire alone. */
export const PLAIN_TEXT = setOf("AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR");
/** VRs of one value in which a backslash is an ordinary character (PS3.5 6.4). */
export const SINGLE_VALUED = setOf("LT", "ST", "UR", "UT");
/** VRs of bytes or numbers without a text form. */
export const BINARY = setOf(
  "AT",
  "FD",
  "FL",
  "OB",
  "OD",
  "OF",
  "OL",
  "OV",
  "OW",
  "SL",
  "SS",
  "SV",
  "UL",
  "UN",
  "US",
  "UV",
);

/** Longest value in characters (PN: per component group), where PS3.5 6.2 sets one. */
export const MAX_CHARACTERS: Partial<Record<VR, number>> = {
  AE: 16, AS: 4, CS: 16, DA: 8, DS: 16, DT: 26, IS: 12, LO: 64, LT: 10240, PN: 64, SH: 16, ST: 1024, TM: 14, UI: 64,
}; // biome-ignore format: a table

/** The byte that pads an odd value to even length: NUL for UI and bytes, space for other text. */
export function paddingByte(vr: VR): number {
  return vr === "UI" || BINARY.has(vr) ? 0 : 0x20;
}
