import { undecodable } from "./codec.js";

/** What a JPEG stream (ISO/IEC 10918-1) or a JPEG-LS stream (14495-1) says of itself before its first scan. */
export interface JpegHeader {
  /** n of its SOFn marker: 0 baseline, 1 extended, 3 lossless; 55 for JPEG-LS, whose marker is FFF7. */
  readonly process: number;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: readonly { readonly id: number; readonly sampling: number }[];
  /** Colour transform of an Adobe marker: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobe: number | undefined;
  readonly jfif: boolean;
  /** Scans in the whole stream. */
  readonly scans: number;
  /** True when the stream runs to its End Of Image marker. */
  readonly ended: boolean;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP14 = 0xee;
export const JPEG_LS = 55;

/** FFC0 to FFCF without DHT, JPG and DAC, and FFF7. */
function processOf(marker: number): number | undefined {
  if (marker === 0xf7) return JPEG_LS;
  const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
  return isFrame ? marker - 0xc0 : undefined;
}

/** Offset of the next marker's code at or after `at`, behind fill bytes; the length where there is none. */
function nextMarker(bytes: Uint8Array, at: number, isMarker: (code: number) => boolean): number {
  let from = at;
  while (true) {
    from = bytes.indexOf(0xff, from);
    if (from === -1) return bytes.length;
    while (bytes[from] === 0xff) from++;
    if (from < bytes.length && isMarker(bytes[from]!)) return from;
  }
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

type Frame = Pick<JpegHeader, "process" | "precision" | "rows" | "columns" | "components">;

function readFrame(bytes: Uint8Array, at: number, length: number, process: number): Frame {
  const count = bytes[at + 7] ?? 0;
  if (length < 8 + 3 * count) throw undecodable("JPEG: a frame header that is too short");
  const components = Array.from({ length: count }, (_, i) => ({
    id: bytes[at + 8 + 3 * i]!,
    sampling: bytes[at + 9 + 3 * i]!,
  }));
  return {
    process,
    precision: bytes[at + 2]!,
    rows: (bytes[at + 3]! << 8) | bytes[at + 4]!,
    columns: (bytes[at + 5]! << 8) | bytes[at + 6]!,
    components,
  };
}

/** Walks the markers to the end. In a scan FF00 is data; of JPEG-LS every FF below FF80 is. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) throw undecodable("JPEG: no Start Of Image");
  let frame: Frame | undefined;
  let [adobe, jfif, scans, ended]: [number | undefined, boolean, number, boolean] = [
    undefined,
    false,
    0,
    false,
  ];
  let at = 2;
  while (!ended) {
    const inScan = (code: number): boolean => code >= 0x80 && (code < 0xd0 || code > 0xd7);
    at = nextMarker(bytes, at, scans === 0 ? (code) => code !== 0 : inScan);
    if (at >= bytes.length) break;
    const marker = bytes[at++]!;
    if (marker === EOI) ended = true;
    if (marker === EOI || marker === 0x01 || marker === SOI || (marker >= 0xd0 && marker <= 0xd7)) continue;
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (length < 2 || at + length > bytes.length) throw undecodable("JPEG: a segment beyond the end");
    const process = processOf(marker);
    if (process !== undefined) {
      if (frame !== undefined) throw undecodable("JPEG: two frame headers");
      frame = readFrame(bytes, at, length, process);
    } else if (marker === SOS) scans++;
    else if (marker === APP0 && startsWith(bytes, at + 2, "JFIF\0")) jfif = true;
    else if (marker === APP14 && length >= 14 && startsWith(bytes, at + 2, "Adobe")) adobe = bytes[at + 13];
    at += length;
  }
  if (frame === undefined || scans === 0) throw undecodable("JPEG: no frame header or no scan");
  return { ...frame, adobe, jfif, scans, ended };
}
