import type { DataSet } from "./dataset.js";
import { Flag } from "./tokens.js";
import type { VR } from "./vr.js";

type Read = (view: DataView, at: number, little: boolean) => number;

/** How each binary VR holds one number (PS3.5 6.2); AT as its tag. 64-bit integers lose precision beyond 2^53. */
const READERS: Partial<Record<VR, readonly [size: number, read: Read]>> = {
  AT: [4, (view, at, little) => view.getUint16(at, little) * 65_536 + view.getUint16(at + 2, little)],
  FD: [8, (view, at, little) => view.getFloat64(at, little)],
  FL: [4, (view, at, little) => view.getFloat32(at, little)],
  OD: [8, (view, at, little) => view.getFloat64(at, little)],
  OF: [4, (view, at, little) => view.getFloat32(at, little)],
  OL: [4, (view, at, little) => view.getUint32(at, little)],
  OW: [2, (view, at, little) => view.getUint16(at, little)],
  SL: [4, (view, at, little) => view.getInt32(at, little)],
  SS: [2, (view, at, little) => view.getInt16(at, little)],
  SV: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  UL: [4, (view, at, little) => view.getUint32(at, little)],
  US: [2, (view, at, little) => view.getUint16(at, little)],
  UV: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
};

/** The numbers of an element: of a binary VR, or of DS and IS; [] for any other, and for what is no number. */
export function numbersOf(data: DataSet, token: number, vr: VR | undefined = data.vrAt(token)): number[] {
  if (vr === "DS" || vr === "IS") {
    return data
      .strings(token, vr)
      .filter((text) => text.trim() !== "")
      .map(Number)
      .filter(Number.isFinite);
  }
  const reader = vr && READERS[vr];
  if (!reader) return [];
  const [size, read] = reader;
  const bytes = data.bytes(token);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = (data.tokens.flags[token]! & Flag.BigEndian) === 0;
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => read(view, i * size, little));
}
