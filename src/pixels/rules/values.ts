import { type DataSet, numbersOf, ROOT, type Tag, type VR } from "../../dicom/index.js";

/** The longest value read as numbers here: a hostile file may claim megabytes. */
const LONGEST = 64;

/** The numbers of an attribute; undefined where it is absent, empty, too long or of a VR without numbers. */
export function numbersAt(data: DataSet, tag: Tag, vr: VR, item = ROOT): number[] | undefined {
  const token = data.find(tag, item);
  if (token < 0 || data.length(token) > LONGEST) return undefined;
  // The file's VR goes first: it says how the bytes lie. `vr` is for implicit VR without a dictionary entry.
  const numbers = numbersOf(data, token, data.vrAt(token) ?? vr);
  return numbers.length > 0 ? numbers : undefined;
}

/** The one whole number that an attribute holds; undefined for anything else, several numbers included. */
export function wholeNumberAt(data: DataSet, tag: Tag, vr: VR, item = ROOT): number | undefined {
  const numbers = numbersAt(data, tag, vr, item);
  return numbers?.length === 1 && Number.isSafeInteger(numbers[0]) ? numbers[0] : undefined;
}
