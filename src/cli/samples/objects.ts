import type { PlainDataSet } from "../../dicom/index.js";
import { CT_SIZE, type Reference, type SampleImages, sliceHeight, slicePosition } from "./images.js";
import {
  code,
  identifiersOf,
  type Sample,
  type SampleStudy,
  sampleFile,
  sampleSeries,
  sampleUid,
} from "./modules.js";
import { STAFF } from "./people.js";
import { lesionMask } from "./phantom.js";

type Referenced = { readonly [key: string]: string };

function referenceTo({ sopClass, sopInstance }: Reference): Referenced {
  return { ReferencedSOPClassUID: sopClass, ReferencedSOPInstanceUID: sopInstance };
}

function object(
  study: SampleStudy,
  sopClass: string,
  file: { readonly path: string; readonly about: string },
  modules: PlainDataSet,
): Sample {
  const sopInstance = sampleUid(study.random);
  const bytes = sampleFile(study, sopClass, { ...modules, SOPInstanceUID: sopInstance });
  return { ...file, bytes, identifiers: [...identifiersOf(study), sopInstance] };
}

/** A Comprehensive SR (PS3.3 A.35.3): names in text, as a person, and as the author who verified it. */
export function report(study: SampleStudy, { references }: SampleImages): Sample {
  const about = "Structured report: names in its text and as persons, the findings have to stay";
  const text = (concept: PlainDataSet, value: string): PlainDataSet => ({
    RelationshipType: "CONTAINS",
    ValueType: "TEXT",
    ConceptNameCodeSequence: [concept],
    TextValue: value,
  });
  const observer: PlainDataSet = {
    RelationshipType: "HAS OBS CONTEXT",
    ValueType: "PNAME",
    ConceptNameCodeSequence: [code("121008", "DCM", "Person Observer Name")],
    PersonName: STAFF.reading,
  };
  const image: PlainDataSet = {
    RelationshipType: "CONTAINS",
    ValueType: "IMAGE",
    ConceptNameCodeSequence: [code("121112", "DCM", "Source of Measurement")],
    ReferencedSOPSequence: [referenceTo(references[7]!)],
  };
  return object(
    study,
    "Comprehensive SR Storage",
    { path: "HEADCT/report.dcm", about },
    {
      ...sampleSeries(study, { modality: "SR", number: 5, description: "Report" }),
      ReferencedPerformedProcedureStepSequence: [],
      PerformedProcedureCodeSequence: [],
      InstanceNumber: "1",
      ContentDate: study.date,
      ContentTime: study.time,
      CompletionFlag: "COMPLETE",
      VerificationFlag: "VERIFIED",
      VerifyingObserverSequence: [
        {
          VerifyingObserverName: STAFF.reading,
          VerifyingOrganization: "Northgate Sample Hospital",
          VerificationDateTime: `${study.date}153000`,
          VerifyingObserverIdentificationCodeSequence: [],
        },
      ],
      CurrentRequestedProcedureEvidenceSequence: [evidence(study, references)],
      ValueType: "CONTAINER",
      ConceptNameCodeSequence: [code("18782-3", "LN", "Radiology Study observation (narrative)")],
      ContinuityOfContent: "SEPARATE",
      ContentSequence: [
        observer,
        text(
          code("121060", "DCM", "History"),
          "Mrs. Musterfrau (MRN 4711-0815) fell at home on 03/02/2024. Former name Beispielmann.",
        ),
        text(
          code("121070", "DCM", "Findings"),
          "Hyperdense lesion in the left frontal lobe, 14 mm. No midline shift. Ventricles normal. Jördis was told by Dr. Testcase, tel. +1 202 555 0143.",
        ),
        image,
      ],
    },
  );
}

/** Hierarchical SOP Instance Reference (PS3.3 C.17.2.1). */
function evidence(study: SampleStudy, references: readonly Reference[]): PlainDataSet {
  return {
    StudyInstanceUID: study.uid,
    ReferencedSeriesSequence: [
      { SeriesInstanceUID: references[0]!.series, ReferencedSOPSequence: references.map(referenceTo) },
    ],
  };
}

/** A square contour of the lesion on one CT slice. */
function contour(reference: Reference, index: number): PlainDataSet {
  const z = slicePosition(index)[2]!;
  const corners = [
    [28, 24],
    [58, 24],
    [58, 48],
    [28, 48],
  ].flatMap(([x, y]) => [String(x), String(y), z]);
  return {
    ContourImageSequence: [referenceTo(reference)],
    ContourGeometricType: "CLOSED_PLANAR",
    NumberOfContourPoints: "4",
    ContourData: corners,
  };
}

export function structureSet(study: SampleStudy, { references }: SampleImages): Sample {
  const about =
    "RT structure set: label and interpreter name someone, contours must still point to their slices";
  return object(
    study,
    "RT Structure Set Storage",
    { path: "HEADCT/structures.dcm", about },
    {
      ...sampleSeries(study, { modality: "RTSTRUCT", number: 6, description: "Structures" }),
      InstanceNumber: "1",
      StructureSetLabel: "Musterfrau plan",
      StructureSetName: "Musterfrau Joerdis 4711-0815",
      StructureSetDate: study.date,
      StructureSetTime: study.time,
      FrameOfReferenceUID: study.frameOfReference,
      PositionReferenceIndicator: "",
      ReferencedFrameOfReferenceSequence: [
        {
          FrameOfReferenceUID: study.frameOfReference,
          RTReferencedStudySequence: [
            {
              ReferencedSOPClassUID: "1.2.840.10008.3.1.2.3.1",
              ReferencedSOPInstanceUID: study.uid,
              RTReferencedSeriesSequence: [
                {
                  SeriesInstanceUID: references[0]!.series,
                  ContourImageSequence: references.map(referenceTo),
                },
              ],
            },
          ],
        },
      ],
      StructureSetROISequence: [
        {
          ROINumber: "1",
          ReferencedFrameOfReferenceUID: study.frameOfReference,
          ROIName: "GTV",
          ROIGenerationAlgorithm: "MANUAL",
        },
      ],
      ROIContourSequence: [
        {
          ReferencedROINumber: "1",
          ROIDisplayColor: ["255", "0", "0"],
          ContourSequence: [7, 8].map((index) => contour(references[index]!, index)),
        },
      ],
      RTROIObservationsSequence: [
        {
          ObservationNumber: "1",
          ReferencedROINumber: "1",
          RTROIInterpretedType: "GTV",
          ROIInterpreter: STAFF.reading,
        },
      ],
      ApprovalStatus: "UNAPPROVED",
    },
  );
}

/** A Grayscale Softcopy Presentation State (PS3.3 A.33.1) that writes the patient's name over the image. */
export function presentationState(study: SampleStudy, { references }: SampleImages): Sample {
  const about = "Presentation state: a text annotation with the patient's name, drawn over the image";
  const target = referenceTo(references[7]!);
  return object(
    study,
    "Grayscale Softcopy Presentation State Storage",
    { path: "HEADCT/annotation.dcm", about },
    {
      ...sampleSeries(study, { modality: "PR", number: 7, description: "Annotations" }),
      InstanceNumber: "1",
      Laterality: "",
      PresentationCreationDate: study.date,
      PresentationCreationTime: study.time,
      ContentLabel: "LESION",
      ContentDescription: "Lesion of Mrs Musterfrau",
      ContentCreatorName: STAFF.reading,
      ReferencedSeriesSequence: [
        { SeriesInstanceUID: references[0]!.series, ReferencedImageSequence: [target] },
      ],
      DisplayedAreaSelectionSequence: [
        {
          ReferencedImageSequence: [target],
          DisplayedAreaTopLeftHandCorner: [1, 1],
          DisplayedAreaBottomRightHandCorner: [CT_SIZE, CT_SIZE],
          PresentationSizeMode: "SCALE TO FIT",
          PresentationPixelAspectRatio: ["1", "1"],
        },
      ],
      GraphicAnnotationSequence: [
        {
          ReferencedImageSequence: [target],
          GraphicLayer: "NOTES",
          TextObjectSequence: [
            {
              AnchorPointAnnotationUnits: "PIXEL",
              AnchorPoint: [170, 165],
              AnchorPointVisibility: "Y",
              UnformattedTextValue: "Musterfrau, lesion 14 mm",
            },
          ],
        },
      ],
      GraphicLayerSequence: [{ GraphicLayer: "NOTES", GraphicLayerOrder: "1" }],
      PresentationLUTShape: "IDENTITY",
    },
  );
}

const SEGMENT_FRAMES = [6, 7, 8, 9];

/** Functional groups of one frame of the segmentation (PS3.3 C.7.6.16). */
function segmentFrame(reference: Reference, slice: number, position: number): PlainDataSet {
  return {
    DerivationImageSequence: [
      {
        SourceImageSequence: [
          {
            ...referenceTo(reference),
            PurposeOfReferenceCodeSequence: [
              code("121322", "DCM", "Source image for image processing operation"),
            ],
          },
        ],
        DerivationCodeSequence: [code("113076", "DCM", "Segmentation")],
      },
    ],
    FrameContentSequence: [{ DimensionIndexValues: [1, position] }],
    PlanePositionSequence: [{ ImagePositionPatient: slicePosition(slice) }],
    SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 1 }],
  };
}

/** Multi-frame Functional Groups and Multi-frame Dimension modules. */
function segmentGroups(study: SampleStudy, references: readonly Reference[]): PlainDataSet {
  const organisation = sampleUid(study.random);
  const spacing = String(240 / CT_SIZE);
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: organisation }],
    DimensionIndexSequence: [
      ["0062000B", "0062000A"],
      ["00200032", "00209113"],
    ].map(([pointer, group]) => ({
      DimensionIndexPointer: Number.parseInt(pointer!, 16),
      FunctionalGroupPointer: Number.parseInt(group!, 16),
      DimensionOrganizationUID: organisation,
    })),
    SharedFunctionalGroupsSequence: [
      {
        PlaneOrientationSequence: [{ ImageOrientationPatient: ["1", "0", "0", "0", "1", "0"] }],
        PixelMeasuresSequence: [
          { SliceThickness: "15", SpacingBetweenSlices: "15", PixelSpacing: [spacing, spacing] },
        ],
      },
    ],
    PerFrameFunctionalGroupsSequence: SEGMENT_FRAMES.map((slice, at) =>
      segmentFrame(references[slice]!, slice, at + 1),
    ),
  };
}

export function segmentation(study: SampleStudy, { references }: SampleImages): Sample {
  const about = "Segmentation: nested references to its slices, creator's name";
  const frames = SEGMENT_FRAMES.map((slice) => lesionMask(CT_SIZE, sliceHeight(slice, references.length)));
  const pixels = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  frames.forEach((frame, at) => {
    pixels.set(frame, at * frame.length);
  });
  return object(
    study,
    "Segmentation Storage",
    { path: "HEADCT/segmentation.dcm", about },
    {
      ...sampleSeries(study, { modality: "SEG", number: 8, description: "Lesion" }),
      ...segmentGroups(study, references),
      FrameOfReferenceUID: study.frameOfReference,
      PositionReferenceIndicator: "",
      InstanceNumber: "1",
      ContentDate: study.date,
      ContentTime: study.time,
      ContentLabel: "LESION",
      ContentDescription: "",
      ContentCreatorName: STAFF.reading,
      ImageType: ["DERIVED", "PRIMARY"],
      SegmentationType: "BINARY",
      SegmentsOverlap: "NO",
      LossyImageCompression: "00",
      BurnedInAnnotation: "NO",
      SegmentSequence: [
        {
          SegmentNumber: 1,
          SegmentLabel: "Lesion",
          SegmentAlgorithmType: "MANUAL",
          SegmentedPropertyCategoryCodeSequence: [
            code("49755003", "SCT", "Morphologically Altered Structure"),
          ],
          SegmentedPropertyTypeCodeSequence: [code("52988006", "SCT", "Lesion")],
        },
      ],
      ReferencedSeriesSequence: [
        {
          SeriesInstanceUID: references[0]!.series,
          ReferencedInstanceSequence: SEGMENT_FRAMES.map((slice) => referenceTo(references[slice]!)),
        },
      ],
      SamplesPerPixel: 1,
      PhotometricInterpretation: "MONOCHROME2",
      NumberOfFrames: String(frames.length),
      Rows: CT_SIZE,
      Columns: CT_SIZE,
      BitsAllocated: 1,
      BitsStored: 1,
      HighBit: 0,
      PixelRepresentation: 0,
      "(7FE0,0010) OB": pixels,
    },
  );
}

/** The smallest PDF that shows a line, with its offsets right (ISO 32000-1 7.5). */
function pdf(line: string): Uint8Array {
  const drawing = `BT /F1 14 Tf 40 90 Td (${line}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 140] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let text = "%PDF-1.4\n";
  const offsets = objects.map((body, at) => {
    const offset = text.length;
    text += `${at + 1} 0 obj\n${body}\nendobj\n`;
    return String(offset).padStart(10, "0");
  });
  const table = ["0000000000 65535 f ", ...offsets.map((offset) => `${offset} 00000 n `)].join("\n");
  text += `xref\n0 ${objects.length + 1}\n${table}\ntrailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return new TextEncoder().encode(text);
}

export function letter(study: SampleStudy): Sample {
  const document = pdf("Discharge letter for Quentin Exemplar, MRN-4711-2204");
  const about = "A PDF letter inside DICOM: its text is out of reach of any rule for attributes";
  return object(
    study,
    "Encapsulated PDF Storage",
    { path: "ultrasound/letter.dcm", about },
    {
      ...sampleSeries(study, { modality: "DOC", number: 9, description: "Letter" }),
      ConversionType: "WSD",
      InstanceNumber: "1",
      ContentDate: study.date,
      ContentTime: study.time,
      AcquisitionDateTime: `${study.date}${study.time}`,
      BurnedInAnnotation: "YES",
      DocumentTitle: "Letter about Mr. Exemplar",
      ConceptNameCodeSequence: [],
      MIMETypeOfEncapsulatedDocument: "application/pdf",
      EncapsulatedDocumentLength: document.length,
      EncapsulatedDocument: document,
    },
  );
}
