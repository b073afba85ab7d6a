import { type Random, randomInt } from "../../base/index.js";
import {
  buildFile,
  type PlainDataSet,
  parseCharacterSet,
  SopClass,
  TransferSyntax,
} from "../../dicom/index.js";
import { type Person, STAFF, STAFF_AND_PLACE } from "./people.js";

/** One file of the samples. `bytes` are complete; `path` is relative, with `/`. */
export interface Sample {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** One sentence for people: what it is and what is hard about it. */
  readonly about: string;
  /** Strings that name someone and must not be found in what is released of it. */
  readonly identifiers: readonly string[];
}

/** A study of one person, and the randomness that makes its UIDs and its noise. */
export interface SampleStudy {
  readonly random: Random;
  readonly person: Person;
  readonly uid: string;
  readonly frameOfReference: string;
  readonly date: string;
  readonly time: string;
  readonly attributes: PlainDataSet;
}

/** A UID under 2.25 from 128 random bits (PS3.5 B.2). */
export function sampleUid(random: Random): string {
  let value = 0n;
  for (let part = 0; part < 4; part++) value = (value << 32n) | BigInt(randomInt(random, 0, 0xffffffff));
  return `2.25.${value}`;
}

/** UID of a storage class by its name in PS3.4. */
export function sopClassUid(name: string): string {
  const uid = SopClass[name];
  if (uid === undefined) throw new RangeError(`no SOP class ${name}`);
  return uid;
}

/** Patient, General Study and Patient Study modules, with the identifiers a careless export carries. */
export function sampleStudy(
  random: Random,
  person: Person,
  study: { readonly date: string; readonly time: string; readonly description: string },
): SampleStudy {
  const uid = sampleUid(random);
  const [year, birthYear] = [study.date, person.birthDate].map((date) => Number(date.slice(0, 4)));
  const attributes: PlainDataSet = {
    ...(person.characterSet.length > 0 ? { SpecificCharacterSet: person.characterSet } : {}),
    PatientName: person.name,
    PatientID: person.patientId,
    IssuerOfPatientID: person.issuer,
    PatientBirthDate: person.birthDate,
    PatientSex: person.sex,
    PatientAge: `${String(year! - birthYear!).padStart(3, "0")}Y`,
    PatientWeight: "71.5",
    PatientSize: "1.74",
    PatientAddress: person.address,
    PatientTelephoneNumbers: person.phone,
    StudyInstanceUID: uid,
    StudyDate: study.date,
    StudyTime: study.time,
    StudyID: String(randomInt(random, 1000, 9999)),
    AccessionNumber: `ACC${randomInt(random, 100_000, 999_999)}`,
    StudyDescription: study.description,
    ReferringPhysicianName: STAFF.referring,
  };
  const { date, time } = study;
  return { random, person, uid, frameOfReference: sampleUid(random), date, time, attributes };
}

/** General Series and General Equipment modules. */
export function sampleSeries(
  study: SampleStudy,
  series: { readonly modality: string; readonly number: number; readonly description: string },
): PlainDataSet {
  return {
    Modality: series.modality,
    SeriesInstanceUID: sampleUid(study.random),
    SeriesNumber: String(series.number),
    SeriesDate: study.date,
    SeriesTime: study.time,
    SeriesDescription: series.description,
    OperatorsName: STAFF.operator,
    Manufacturer: "ELPIS SAMPLES",
    ManufacturerModelName: "Phantom One",
    SoftwareVersions: "1.0",
    DeviceSerialNumber: "SN-98431",
    InstitutionName: "Northgate Sample Hospital",
    StationName: `${series.modality}01`,
  };
}

/** The file of one object of a study: its modules joined, its text in the study's character set. */
export function sampleFile(
  study: SampleStudy,
  sopClass: string,
  modules: PlainDataSet & { readonly SOPInstanceUID: string },
  transferSyntax: string = TransferSyntax.ExplicitVRLittleEndian,
): Uint8Array {
  const plain = { ...study.attributes, ...modules, SOPClassUID: sopClassUid(sopClass) };
  return buildFile(plain, transferSyntax, parseCharacterSet(study.person.characterSet));
}

export function identifiersOf(study: SampleStudy): readonly string[] {
  return [...study.person.identifiers, ...STAFF_AND_PLACE, study.uid];
}

/** Image Pixel module for one component. `stored` bits of 8 or 16. */
export function pixelModule(
  pixels: Uint8Array | Uint16Array,
  shape: { readonly rows: number; readonly columns: number; readonly stored: number },
): PlainDataSet {
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    Rows: shape.rows,
    Columns: shape.columns,
    BitsAllocated: pixels.BYTES_PER_ELEMENT * 8,
    BitsStored: shape.stored,
    HighBit: shape.stored - 1,
    PixelRepresentation: 0,
    "(7FE0,0010) OW": pixels instanceof Uint8Array ? pixels : littleEndian(pixels),
  };
}

function littleEndian(values: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setUint16(2 * i, values[i]!, true);
  return bytes;
}

/** An item of a code sequence. */
export function code(value: string, scheme: string, meaning: string): PlainDataSet {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}
