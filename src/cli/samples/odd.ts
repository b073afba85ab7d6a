import { concatBytes, latin1, utf8 } from "../../base/index.js";
import {
  EXPLICIT_LITTLE,
  encodeElements,
  encodeFileMeta,
  newElements,
  type PlainDataSet,
  TransferSyntax,
} from "../../dicom/index.js";
import { chestRadiograph, type SampleImages } from "./images.js";
import { identifiersOf, type Sample, type SampleStudy, sampleUid } from "./modules.js";
import { PEOPLE } from "./people.js";

/** What lies about in real exports: a copy, half a file, an executable's mark, a note. */
export function* oddities(ct: SampleImages, chest: SampleStudy): Generator<Sample> {
  const first = ct.samples[0]!;
  yield {
    ...first,
    path: "odd/copy-of-first-slice.dcm",
    about: "The first CT slice once more: released once",
  };
  yield {
    ...first,
    path: "odd/truncated.dcm",
    bytes: first.bytes.subarray(0, Math.floor(first.bytes.length / 2)),
    about: "Half a CT slice, as a broken transfer leaves it: cannot be read whole, so it is held",
  };
  const image = chestRadiograph(chest).samples[0]!;
  const polyglot = image.bytes.slice();
  polyglot.set(latin1("MZ\x90\0\x03\0\0\0"));
  yield {
    ...image,
    path: "odd/polyglot.dcm",
    bytes: polyglot,
    about: "A chest X-ray whose preamble starts like a Windows program (MZ): held",
  };
  yield {
    path: "odd/notes.txt",
    bytes: utf8("Frau Musterfrau rufen, Nummer im Kalender.\n"),
    about: "Not DICOM: counted and named, never copied",
    identifiers: PEOPLE.musterfrau.identifiers,
  };
}

/** Directory records of the CT (PS3.3 F.3): each names the offset of its next sibling and its first child. */
export function directory(study: SampleStudy, images: SampleImages): Sample {
  const encode = (records: readonly PlainDataSet[], first: number): Uint8Array =>
    encodeElements(
      newElements({
        FileSetID: "SAMPLES",
        OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity: first,
        OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity: first,
        FileSetConsistencyFlag: 0,
        DirectoryRecordSequence: records,
      }),
      EXPLICIT_LITTLE,
    );
  const head = encodeFileMeta(
    "1.2.840.10008.1.3.10",
    sampleUid(study.random),
    TransferSyntax.ExplicitVRLittleEndian,
  );
  // An offset is a number of fixed length, so a first round with zeros tells where each record will lie.
  const blank = directoryRecords(study, images, []);
  const lengths = blank.map((record) => encode([record], 0).length - encode([], 0).length);
  let at = head.length + encode([], 0).length;
  const offsets = lengths.map((length) => (at += length) - length);
  const records = directoryRecords(study, images, offsets);
  return {
    path: "DICOMDIR",
    bytes: concatBytes([head, encode(records, offsets[0]!)]),
    about: "The index of a medium, with a patient's name and the paths of the files: held",
    identifiers: identifiersOf(study),
  };
}

/** PATIENT, STUDY, SERIES, then one IMAGE a slice; offsets are zero until they are known. */
function directoryRecords(
  study: SampleStudy,
  { samples, references }: SampleImages,
  offsets: readonly number[],
): PlainDataSet[] {
  const record = (type: string, next: number, child: number, keys: PlainDataSet): PlainDataSet => ({
    OffsetOfTheNextDirectoryRecord: offsets[next] ?? 0,
    RecordInUseFlag: 0xffff,
    OffsetOfReferencedLowerLevelDirectoryEntity: offsets[child] ?? 0,
    DirectoryRecordType: type,
    ...(study.person.characterSet.length > 0 ? { SpecificCharacterSet: study.person.characterSet } : {}),
    ...keys,
  });
  const { StudyDescription, StudyID, AccessionNumber, PatientID } = study.attributes as Record<
    string,
    string
  >;
  const none = -1;
  return [
    record("PATIENT", none, 1, { PatientName: "Musterfrau^Joerdis^Anna", PatientID: PatientID! }),
    record("STUDY", none, 2, {
      StudyDate: study.date,
      StudyTime: study.time,
      StudyDescription: StudyDescription!,
      StudyInstanceUID: study.uid,
      StudyID: StudyID!,
      AccessionNumber: AccessionNumber!,
    }),
    record("SERIES", none, 3, {
      Modality: "CT",
      SeriesInstanceUID: references[0]!.series,
      SeriesNumber: "2",
    }),
    ...references.map(({ sopClass, sopInstance }, index) =>
      record("IMAGE", index + 1 < references.length ? index + 4 : none, none, {
        ReferencedFileID: samples[index]!.path.split("/"),
        ReferencedSOPClassUIDInFile: sopClass,
        ReferencedSOPInstanceUIDInFile: sopInstance,
        ReferencedTransferSyntaxUIDInFile: TransferSyntax.ExplicitVRLittleEndian,
        InstanceNumber: String(index + 1),
      }),
    ),
  ];
}
