import { sha256, toHex, utf8 } from "../base/index.js";
import { TABLES_TEXT } from "./lexicon.js";

export { ByteMatcher, type BytesOf } from "./bytes.js";
export { type CleanOptions, type CleanResult, cleanText } from "./clean.js";
export { foldedWords, spellings } from "./fold.js";
export { compileIdentifiers, type IdentifierMatcher, type KnownIdentifiers } from "./known.js";
export { containsKnown, isTellingCode, tellingRuns } from "./leaks.js";
export type { DictionaryUse } from "./persons.js";
export type { Finding, FindingKind, Suspicion, SuspicionReason } from "./types.js";

/** Version of the rules of this room, for the manifest: a change in what is removed raises it. */
export const TEXT_RULES_VERSION = "3";

/** SHA-256 (hex) of the name and vocabulary tables, for the manifest. */
export const TEXT_TABLES_DIGEST: string = toHex(sha256(utf8(TABLES_TEXT)));
