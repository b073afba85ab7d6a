import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { latin1, pick, type Random, randomInt, seededRandom, sha256, toHex } from "../../src/base/index.js";
import { buildFile, SopClass } from "../../src/dicom/index.js";

export interface InputShape {
  readonly patients: number;
  readonly studies: number;
  readonly instances: number;
  /** Bytes of Pixel Data. */
  readonly pixels: number;
  readonly seed?: number;
}

/** Names, IDs and UIDs of nobody, which no released byte may hold. */
export const IDENTIFYING = ["Testperson", "MRN-7", "1.2.826.0.1.3680043.8.498.77", "Fictionville"];

/** Path and bytes of CT instances of people who never lived, the same for one seed. */
export function* ctFiles(shape: InputShape): Generator<readonly [path: string, bytes: Uint8Array]> {
  const random = seededRandom(shape.seed ?? 1);
  for (let patient = 0; patient < shape.patients; patient++) {
    for (let study = 0; study < shape.studies; study++) {
      for (let instance = 0; instance < shape.instances; instance++) {
        const path = `Testperson-${patient}/study${study}/IM${String(instance).padStart(4, "0")}`;
        yield [path, ctFile(patient, study, instance, shape.pixels, random)];
      }
    }
  }
}

export function ctFile(
  patient: number,
  study: number,
  instance: number,
  pixelBytes: number,
  random: Random,
): Uint8Array {
  const root = `1.2.826.0.1.3680043.8.498.77.${patient}.${study}`;
  const pixels = new Uint8Array(pixelBytes);
  for (let i = 0; i < pixelBytes; i += 7) pixels[i] = randomInt(random, 0, 255);
  return buildFile({
    SOPClassUID: SopClass["CT Image Storage"]!,
    SOPInstanceUID: `${root}.1.${instance + 1}`,
    StudyInstanceUID: root,
    SeriesInstanceUID: `${root}.1`,
    FrameOfReferenceUID: `${root}.9`,
    PatientName: `Testperson^${pick(random, ["Anna", "Berta", "Carl"])}`,
    PatientID: `MRN-7${String(patient).padStart(4, "0")}`,
    PatientBirthDate: "19500101",
    PatientSex: "O",
    InstitutionName: "Fictionville",
    StudyDate: "20240310",
    StudyTime: "101500",
    Modality: "CT",
    StudyDescription: "CHEST of Testperson, Fictionville",
    BurnedInAnnotation: "NO",
    ImageType: ["ORIGINAL", "PRIMARY", "AXIAL"],
    InstanceNumber: String(instance + 1),
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    Rows: 16,
    Columns: pixelBytes / 32,
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 0,
    "(7FE0,0010) OW": pixels,
  });
}

/** The research profile without a look at pixels, as a file in the folder: for what has nothing to do with them. */
export function writeHoldProfile(folder: string): string {
  const path = join(folder, "hold.yaml");
  writeFileSync(path, "name: research-hold\nextends: research\npixels: hold\n");
  return path;
}

/** Writes an input folder: CT studies, a copy, two files with one UID, a damaged file and a text. */
export function writeInput(folder: string, shape: InputShape): void {
  const files = [...ctFiles(shape)];
  const [first, second] = files as [(typeof files)[0], (typeof files)[0]];
  const conflicting = Uint8Array.from(second[1]);
  conflicting[conflicting.length - 1]! ^= 0xff;
  for (const [path, bytes] of [
    ...files,
    ["copies/copy-of-first", first[1]] as const,
    ["copies/unlike-second", conflicting] as const,
    ["damaged", first[1].subarray(0, 700)] as const,
    ["notes.txt", new TextEncoder().encode("Testperson was here\n")] as const,
  ]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

/** Content of every file below a folder by its path; bytes as latin1, so that trees compare as values. */
export function readTree(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path, "latin1")] as const),
  );
}

/** A tree with a digest in place of each file's bytes: a difference is then named, not printed. */
export function digestTree(tree: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...tree].map(([path, text]) => [path, toHex(sha256(latin1(text)))]));
}
