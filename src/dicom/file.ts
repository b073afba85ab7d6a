import { ElpisError, fromLatin1 } from "../base/index.js";
import { DataSet, trimPadding } from "./dataset.js";
import { DEFAULT_INFLATE_LIMIT, inflateSource } from "./inflate.js";
import type { ByteSource } from "./source.js";
import { makeTag } from "./tag.js";
import {
  ANY_GROUP,
  type Encoding,
  EXPLICIT_LITTLE,
  IMPLICIT_LITTLE,
  looksLikeVr,
  MAX_TOKENS,
  type Tokenised,
  tokenise,
} from "./tokenise.js";
import { Tokens } from "./tokens.js";
import { TransferSyntax, transferSyntaxInfo } from "./uid.js";

const TRANSFER_SYNTAX_UID = makeTag(0x0002, 0x0010);
const MEDIA_STORAGE_SOP_CLASS = makeTag(0x0002, 0x0002);
/** Fewer than elsewhere, since the inflated data set is in memory too, and half a megabyte makes as many. */
const MAX_DEFLATED_TOKENS = 1 << 19;
/** SOP class of a DICOMDIR (PS3.4 F). */
const MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10";

/** Where a file departs from PS3.10 and PS3.5 and was read all the same. */
export type Deviation =
  | "no-preamble"
  | "no-file-meta"
  | "no-transfer-syntax"
  | "implicit-file-meta"
  | "transfer-syntax-mislabelled"
  /** An item claims more than its sequence holds; it was taken to end where the sequence does. */
  | "item-overrun";

/** A Part 10 file, tokenised. Offsets of `meta` are in the file; those of `data` in `data.source`. */
export interface DicomFile {
  readonly source: ByteSource;
  /** Bytes before the first element: preamble and "DICM", or 0. */
  readonly headLength: number;
  readonly meta: DataSet;
  readonly data: DataSet;
  /** Where the data set starts in `data.source`, and where its last element ends. */
  readonly dataStart: number;
  readonly dataEnd: number;
  readonly transferSyntax: string;
  readonly encoding: Encoding;
  readonly deflated: boolean;
  readonly isDicomdir: boolean;
  readonly deviations: readonly Deviation[];
}

export interface ReadOptions {
  /** Refuse a deflated data set that grows beyond this many bytes; 64 MiB unless told. */
  readonly inflateLimit?: number;
}

/**
 * Reads a Part 10 file, or a bare data set as old software leaves it, without decoding a value.
 * Throws DICOM_NOT_DICOM when the first bytes are no data set at all, and other DICOM_* errors with tag,
 * offset and reason when the file cannot be read whole.
 */
export function readFile(source: ByteSource, options: ReadOptions = {}): DicomFile {
  const deviations: Deviation[] = [];
  const headLength = findHead(source, deviations);
  const { tokens: metaTokens, end: metaEnd } = readMeta(source, headLength, deviations);
  const meta = new DataSet(source, metaTokens);
  const declared = trimPadding(meta.string(TRANSFER_SYNTAX_UID));
  if (declared === "") deviations.push(metaTokens.count === 0 ? "no-file-meta" : "no-transfer-syntax");
  const guessed = guessEncoding(source, metaEnd);
  const transferSyntax = declared || syntaxOf(guessed);
  const info = transferSyntaxInfo(transferSyntax);
  if (!info) {
    const offset = metaTokens.start[meta.find(TRANSFER_SYNTAX_UID)]!;
    const reason = "(0002,0010) names a transfer syntax that the standard does not";
    throw new ElpisError("DICOM_UNSUPPORTED_SYNTAX", `${reason}, at offset ${offset}`);
  }
  const deflated = info.deflated;
  const dataSource = deflated
    ? inflateSource(source, metaEnd, options.inflateLimit ?? DEFAULT_INFLATE_LIMIT)
    : source;
  const dataStart = deflated ? 0 : metaEnd;
  let encoding: Encoding = { explicit: info.explicit, bigEndian: info.bigEndian };
  const found = deflated ? guessEncoding(dataSource, 0) : guessed;
  if (dataSource.size - dataStart >= 8 && found.explicit !== encoding.explicit) {
    deviations.push("transfer-syntax-mislabelled");
    encoding = found;
  }
  const maxTokens = deflated ? MAX_DEFLATED_TOKENS : MAX_TOKENS;
  const whole = [dataSource, dataStart, dataSource.size] as const;
  const { tokens, end, itemOverrun } = tokenise(...whole, encoding, ANY_GROUP, maxTokens);
  if (itemOverrun) deviations.push("item-overrun");
  if (tokens.count === 0 && metaTokens.count === 0) {
    throw new ElpisError("DICOM_NOT_DICOM", `no element found from offset ${dataStart} on`);
  }
  return {
    source,
    headLength,
    meta,
    data: new DataSet(dataSource, tokens),
    dataStart,
    dataEnd: end,
    transferSyntax,
    encoding,
    deflated,
    isDicomdir: meta.string(MEDIA_STORAGE_SOP_CLASS) === MEDIA_STORAGE_DIRECTORY,
    deviations,
  };
}

/** True when the first bytes are those of a Part 10 file or look like the start of a bare data set. */
export function looksLikeDicom(source: ByteSource): boolean {
  try {
    findHead(source, []);
    return true;
  } catch (error) {
    if (error instanceof ElpisError) return false;
    throw error;
  }
}

function findHead(source: ByteSource, deviations: Deviation[]): number {
  const head = source.read(0, Math.min(source.size, 144));
  if (fromLatin1(head, 128, 132) === "DICM") return 132;
  deviations.push("no-preamble");
  if (fromLatin1(head, 0, 4) === "DICM") return 4;
  // A bare data set starts with a low group, mostly 0002 or 0008, in either byte order.
  const little = head[0]! | (head[1]! << 8);
  const big = (head[0]! << 8) | head[1]!;
  const group = Math.min(little, big);
  const plausible = (group === 0x0002 || group === 0x0008 || group === 0x0010) && startsWithElement(head);
  if (!plausible)
    throw new ElpisError("DICOM_NOT_DICOM", 'neither "DICM" at byte 128 nor a data set at byte 0');
  return 0;
}

/** The first element has a VR, or else a 32-bit length that is small. */
function startsWithElement(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  if (looksLikeVr((head[4]! << 8) | head[5]!)) return true;
  const little = head[4]! + head[5]! * 256 + head[6]! * 65_536 + head[7]! * 16_777_216;
  const big = head[7]! + head[6]! * 256 + head[5]! * 65_536 + head[4]! * 16_777_216;
  return Math.min(little, big) <= 1024;
}

/** File meta information: group 0002, explicit little endian (PS3.10 7.1); some writers use implicit. */
function readMeta(source: ByteSource, start: number, deviations: Deviation[]): Tokenised {
  if (source.size - start < 8) return noMeta(start);
  const head = source.read(start, 8);
  if ((head[0]! | (head[1]! << 8)) !== 0x0002) return noMeta(start);
  const implicit = !looksLikeVr((head[4]! << 8) | head[5]!);
  if (implicit) deviations.push("implicit-file-meta");
  return tokenise(source, start, source.size, implicit ? IMPLICIT_LITTLE : EXPLICIT_LITTLE, 0x0002);
}

const noMeta = (end: number): Tokenised => ({ tokens: new Tokens(0, 0), end, itemOverrun: false });

/** Byte order from the first group, explicit VR from two letters behind the first tag. */
function guessEncoding(source: ByteSource, at: number): Encoding {
  if (source.size - at < 8) return EXPLICIT_LITTLE;
  const head = source.read(at, 8);
  const bigEndian = head[0] === 0 && head[1] !== 0;
  return { explicit: looksLikeVr((head[4]! << 8) | head[5]!), bigEndian };
}

function syntaxOf(encoding: Encoding): string {
  if (encoding.bigEndian) return TransferSyntax.ExplicitVRBigEndian;
  return encoding.explicit ? TransferSyntax.ExplicitVRLittleEndian : TransferSyntax.ImplicitVRLittleEndian;
}
