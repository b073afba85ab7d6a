export { applyStudy, createDeidentifier, type Deidentifier, type StudyInput } from "./apply.js";
export { type ExplainedElement, type Explanation, explainInstance } from "./explain.js";
export { dateOffset, patientKeyOf, pseudonyms, UidMap } from "./identity.js";
export {
  deriveProjectKeys,
  encodeSiteKey,
  type ProjectKeys,
  parseSiteKey,
  SITE_SECRET_BYTES,
} from "./keys.js";
export { OBJECT_RULES, type ObjectRule } from "./objects.js";
export * from "./profile.js";
export { mergeSurvey, type Survey, type SurveyedStudy, Surveyor, type SurveyPart } from "./survey.js";
export * from "./types.js";
export { shiftDate, shiftDateTime } from "./values.js";
