import { zlibSync } from "fflate";
import { concatBytes, latin1 } from "../../base/index.js";

/** Eight bits a channel: red, green, blue, opacity; row by row. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  /** rows × columns × 4. */
  readonly rgba: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const CRC = new Uint32Array(256).map((_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/** A PNG file (ISO/IEC 15948): true colour with opacity, rows predicted from the one above. */
export function encodePng({ rows, columns, rgba }: Picture): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, columns);
  view.setUint32(4, rows);
  header.set([8, 6, 0, 0, 0], 8); // bits, true colour with opacity, deflate, five filters, not interlaced
  return concatBytes([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", zlibSync(filtered(rgba, rows, 4 * columns))),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

const UP = 2;

/** Each row behind its filter's number, as the difference to the row above. */
function filtered(rgba: Uint8Array, rows: number, stride: number): Uint8Array {
  const lines = new Uint8Array(rows * (stride + 1));
  for (let row = 0; row < rows; row++) {
    const line = row * (stride + 1);
    const from = row * stride;
    lines[line] = UP;
    for (let i = 0; i < stride; i++) {
      lines[line + 1 + i] = rgba[from + i]! - (row === 0 ? 0 : rgba[from - stride + i]!);
    }
  }
  return lines;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(latin1(type), 4);
  bytes.set(data, 8);
  let crc = 0xffffffff;
  for (let i = 4; i < 8 + data.length; i++) crc = CRC[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  view.setUint32(8 + data.length, ~crc);
  return bytes;
}
