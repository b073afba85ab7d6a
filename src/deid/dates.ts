import { type Tag, Tags, tagOfKeyword } from "../dicom/index.js";

/**
 * When something happened to this patient: only these move under Modified Dates. A date that other patients
 * share (a device's calibration, a trial's approval, the version of a table of codes, the expiry of a product)
 * would, shifted, reveal the difference of two patients' shifts, and the shift itself where it is public.
 */
const KEYWORDS = `
  InstanceCreationDate InstanceCoercionDateTime StudyDate SeriesDate AcquisitionDate ContentDate OverlayDate
  CurveDate AcquisitionDateTime StudyUpdateDateTime LastMenstrualDate DateOfSecondaryCapture
  RadiopharmaceuticalStartDateTime RadiopharmaceuticalStopDateTime FrameAcquisitionDateTime FrameReferenceDateTime
  SourceStartDateTime SourceEndDateTime StartAcquisitionDateTime EndAcquisitionDateTime FunctionalSyncPulse
  DecayCorrectionDateTime ExclusionStartDateTime InstructionPerformedDateTime ContributionDateTime ModifiedImageDate
  StudyVerifiedDate StudyReadDate ScheduledStudyStartDate ScheduledStudyStopDate StudyArrivalDate
  StudyCompletionDate ScheduledAdmissionDate ScheduledDischargeDate AdmittingDate DischargeDate
  ImpedanceMeasurementDateTime ScheduledProcedureStepStartDate ScheduledProcedureStepEndDate
  PerformedProcedureStepStartDate PerformedProcedureStepEndDate IssueDateOfImagingServiceRequest
  ScheduledProcedureStepStartDateTime ScheduledProcedureStepExpirationDateTime
  ScheduledProcedureStepModificationDateTime ExpectedCompletionDateTime PerformedProcedureStepStartDateTime
  PerformedProcedureStepEndDateTime ProcedureStepCancellationDateTime FindingsGroupRecordingDateTrial
  VerificationDateTime ObservationDateTime ObservationStartDateTime ParticipationDateTime
  DateOfDocumentOrVerbalTransactionTrial DateTime Date ReferencedDateTime ObservationDateTrial
  SubstanceAdministrationDateTime AssertionDateTime PresentationCreationDate AttributeModificationDateTime
  StructureSetDate ROIDateTime ROIObservationDateTime TreatmentControlPointDate FirstTreatmentDate
  MostRecentTreatmentDate SafePositionExitDate SafePositionReturnDate TreatmentDate RTPlanDate
  TreatmentToleranceViolationDateTime RecordedRTControlPointDateTime InterlockDateTime OverrideDateTime
  BeamHoldTransitionDateTime ReviewDate IntendedPhaseStartDate IntendedPhaseEndDate InterpretationRecordedDate
  InterpretationTranscriptionDate InterpretationApprovalDate AnnotationDateTime SegmentDefinitionDateTime`;

const OWN = new Set<Tag>(
  KEYWORDS.trim()
    .split(/\s+/)
    .flatMap((keyword) => tagOfKeyword(keyword) ?? []),
);

/** True for the date or date-time of an event in this patient's care. */
export function isPatientsOwnDate(tag: Tag): boolean {
  return OWN.has(tag);
}

/**
 * What systems write where a date is demanded and none is known: the zero of some clock, or the end of it. Shifted,
 * it would be the shift in plain sight. Days on which people are examined, 1 January 2000 say, are not among them.
 */
const PLACEHOLDERS = new Set(
  "19000101 19010101 19040101 19691231 19700101 19700102 19791231 19800101 19800106 20380119".split(" "),
);
/** Before any examination that is stored as DICOM, and after it. */
const [FIRST_YEAR, LAST_YEAR] = [1900, 2099];

/** True for a DA or DT that is no date of an examination: a placeholder, or out of all bounds. */
export function isPlaceholder(text: string): boolean {
  const digits = text.trim().replaceAll(".", "").slice(0, 8);
  const year = Number(digits.slice(0, 4));
  return PLACEHOLDERS.has(digits) || year < FIRST_YEAR || year > LAST_YEAR;
}

const EXAMINATION = new Set<Tag>([
  Tags.StudyDate,
  Tags.SeriesDate,
  Tags.AcquisitionDate,
  Tags.ContentDate,
  Tags.AcquisitionDateTime,
  Tags.InstanceCreationDate,
]);

/** True for dates of the examination itself, which for a newborn may be the day of birth. */
export function isExaminationDate(tag: Tag): boolean {
  return EXAMINATION.has(tag);
}
