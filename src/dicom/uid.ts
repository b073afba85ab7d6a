import { dictionaryEntry } from "./dictionary.js";
import * as sopTable from "./tables/sop-classes.js";
import type { Tag } from "./tag.js";
import { transferSyntaxInfo } from "./transfer-syntax.js";

export * from "./transfer-syntax.js";

/** Root of every UID that the standard itself registers (PS3.6 Annex A). */
const ROOT = "1.2.840.10008.";

const SOP_CLASSES = new Map(
  sopTable.content.split("\n").map((line) => {
    const [arcs, name = "", iod] = line.split("|");
    return [ROOT + arcs, { name, iod: iod || undefined }] as const;
  }),
);

/** The SOP classes of stored objects by name: `SopClass["CT Image Storage"]`. */
export const SopClass: Readonly<Record<string, string>> = Object.fromEntries(
  [...SOP_CLASSES].map(([uid, { name }]) => [name, uid]),
);

/** Name of a storage SOP class, retired and newest ones included; undefined for any other UID. */
export function sopClassName(uid: string): string | undefined {
  return SOP_CLASSES.get(uid)?.name;
}

/** Name of the Information Object Definition of a storage SOP class, as `attributeType` knows it: "CT Image". */
export function sopClassIod(uid: string): string | undefined {
  return SOP_CLASSES.get(uid)?.iod;
}

/**
 * The other UIDs of PS3.6 Annex A: after the root, `parent: last arcs`, with ranges. Registers that grow by plain
 * numbers (coding schemes, context groups, frames of reference, LDAP) have room; no arc is longer than four digits
 * and no name deeper than the standard's, so that no date, accession number or instance UID fits in.
 */
const REGISTERED = `
1: 1 9 20 40 42
1.3: 10
1.4.1: 1-18
1.4.2-9: 1-9
1.5: 1-20
1.20: 1 2
1.20.1: 1
1.20.2: 1
1.40: 1
1.42: 1
2.6: 1
2.16: 4-99
3.1.1: 1
3.1.2.1: 1 4
3.1.2.2: 1
3.1.2.3: 1-5
3.1.2.5: 1 4 5
3.1.2.6: 1
4: 2
5.1.1: 1 2 4 9 14-18 22-27 29-33 40
5.1.1.4: 1 2
5.1.1.9: 1
5.1.1.16: 376
5.1.1.17: 376
5.1.1.18: 1
5.1.1.24: 1
5.1.1.40: 1
5.1.4.1.1.12: 77
5.1.4.1.1: 40
5.1.4.1.1.200: 4-6
5.1.4.1.1.201: 2-6
5.1.4.1.1.201.1: 1
5.1.4.1.2.1-3: 1-3
5.1.4.1.2.4: 2 3
5.1.4.1.2.5: 3
5.1.4.20: 1-3
5.1.4: 31-33 41 42
5.1.4.32: 1-3
5.1.4.34: 1-10
5.1.4.34.4: 1-4
5.1.4.34.5: 1
5.1.4.34.6: 1-5
5.1.4.37: 1-3
5.1.4.38-39: 1-4
5.1.4.43-45: 1-4
6.1: 1-1999
7.1: 1 2
8.1: 1
10: 1-4
15.0.3: 1-31
15.0.4: 1-8
15.1: 1`;

interface Span {
  readonly from: number;
  readonly to: number;
}

const readSpan = (text: string): Span => {
  const [from = "", to = from] = text.split("-");
  return { from: Number(from), to: Number(to) };
};

/** "5.1.4.43-45" to the three parents that it stands for. */
function parents(pattern: string): string[] {
  const arcs = pattern.split(".");
  const last = readSpan(arcs.pop()!);
  return Array.from({ length: last.to - last.from + 1 }, (_, at) => [...arcs, last.from + at].join("."));
}

const REGISTERED_BY_PARENT = new Map<string, Span[]>();
for (const line of REGISTERED.trim().split("\n")) {
  const [pattern = "", arcs = ""] = line.split(": ");
  for (const parent of parents(pattern)) REGISTERED_BY_PARENT.set(parent, arcs.split(" ").map(readSpan));
}

/**
 * True for the UIDs that DICOM itself registers: SOP and meta SOP classes, transfer syntaxes, well-known instances
 * and frames of reference, coding schemes, context groups, LDAP and the like. A closed list: an instance UID that
 * someone minted under DICOM's root is not among them.
 */
export function isStandardUid(uid: string): boolean {
  if (!uid.startsWith(ROOT)) return false;
  if (SOP_CLASSES.has(uid) || transferSyntaxInfo(uid)) return true;
  const dot = uid.lastIndexOf(".");
  const arc = uid.slice(dot + 1);
  if (!/^[1-9]\d{0,3}$/.test(arc)) return false;
  const spans = REGISTERED_BY_PARENT.get(uid.slice(ROOT.length, Math.max(dot, ROOT.length)));
  return spans?.some(({ from, to }) => Number(arc) >= from && Number(arc) <= to) ?? false;
}

const UID_FORM = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+$/;

/** PS3.5 9.1: at most 64 characters, components of digits without leading zeros, dots between. Padding is not part. */
export function isValidUid(text: string): boolean {
  return text.length <= 64 && UID_FORM.test(text);
}

/**
 * Attributes of VR UI that name a class, syntax, coding scheme, template or implementation. The Manufacturer's
 * Device Class UID is not among them: PS3.15 Table E.1-1 has it replaced.
 */
const NAMES_A_CLASS: ReadonlySet<string> = new Set([
  "AffectedSOPClassUID",
  "RequestedSOPClassUID",
  "MediaStorageSOPClassUID",
  "TransferSyntaxUID",
  "ImplementationClassUID",
  "RTVCommunicationSOPClassUID",
  "PrivateInformationCreatorUID",
  "PrivateRecordUID",
  "ReferencedSOPClassUIDInFile",
  "ReferencedTransferSyntaxUIDInFile",
  "ReferencedRelatedGeneralSOPClassUIDInFile",
  "SOPClassUID",
  "RelatedGeneralSOPClassUID",
  "OriginalSpecializedSOPClassUID",
  "SOPClassesInStudy",
  "CodingSchemeUID",
  "ContextUID",
  "MappingResourceUID",
  "StoredInstanceTransferSyntaxUID",
  "ReferencedSOPClassUID",
  "SOPClassesSupported",
  "AvailableTransferSyntaxUID",
  "CreatorVersionUID",
  "FlowTransferSyntaxUID",
  "MACCalculationTransferSyntaxUID",
  "EncryptedContentTransferSyntaxUID",
  "SegmentationTemplateUID",
  "PertinentSOPClassesInStudy",
  "PertinentSOPClassesInSeries",
]);

/**
 * Whether the value of an attribute of VR UI names an instance or another single thing (study, device, frame of
 * reference, event, organisation); false when it names a class of things. True for what the dictionary does not know.
 */
export function namesInstance(tag: Tag): boolean {
  return !NAMES_A_CLASS.has(dictionaryEntry(tag)?.keyword ?? "");
}
