/**
 * Every reason for which Elpis stops. A closed union: callers switch over it, tests assert it, and the
 * message beside it may change. `HELD_*` never appear here: a held instance is a value, not an error.
 */
export type ErrorCode =
  // dicom: reading
  | "DICOM_NOT_DICOM"
  | "DICOM_TRUNCATED"
  | "DICOM_BAD_LENGTH"
  | "DICOM_BAD_VR"
  | "DICOM_BAD_ITEM"
  | "DICOM_BAD_META"
  | "DICOM_TOO_DEEP"
  | "DICOM_TOO_MANY_ELEMENTS"
  | "DICOM_BAD_DEFLATE"
  | "DICOM_DEFLATE_TOO_LARGE"
  | "DICOM_UNSUPPORTED_SYNTAX"
  // dicom: values and writing
  | "DICOM_BAD_VALUE"
  | "DICOM_BAD_CHARSET"
  | "DICOM_UNENCODABLE_TEXT"
  | "DICOM_BAD_EDIT"
  // deid
  | "PROFILE_INVALID"
  | "UID_COLLISION"
  | "CERTIFICATE_INVALID"
  | "SITE_KEY_INVALID"
  | "SITE_KEY_MISMATCH"
  // compute, pixels
  | "COMPUTE_BAD_SHAPE"
  | "PIXELS_BAD_FORMAT"
  | "PIXELS_UNDECODABLE"
  | "PIXELS_UNSUPPORTED"
  | "PIXELS_RULE_INVALID"
  // cli
  | "USAGE"
  | "INPUT_UNREADABLE"
  | "OUTPUT_EXISTS"
  | "OUTPUT_UNWRITABLE"
  | "RESUME_MISMATCH"
  | "WORKER_DIED"
  | "INTERRUPTED"
  | "NOT_FOUND";

/**
 * The one error class. The message names tag, VR, offset and path and says what to do next; it never
 * holds a patient's value, because messages end up in logs.
 */
export class ElpisError extends Error {
  override readonly name = "ElpisError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** True for an ElpisError, also for one of `code` alone when given. */
export function isElpisError(error: unknown, code?: ErrorCode): error is ElpisError {
  return error instanceof ElpisError && (code === undefined || error.code === code);
}
