import { deflateSync, Inflate } from "fflate";
import { type Codec, undecodable } from "./codec.js";
import { littleEndian, nativeFrameBytes } from "./native.js";

/** Bytes handed to the inflater at a time: at most 1,032 times as many come out before the size is looked at. */
const STEP = 4096;

/** Exactly `length` bytes, or throws: a frame that inflates to more is refused before it fills the memory. */
function inflate(bytes: Uint8Array, length: number): Uint8Array {
  // A frame of odd length is followed by one zero byte (PS3.5 A.4).
  const whole = new Uint8Array(length);
  let got = 0;
  let ended = false;
  const inflater = new Inflate((chunk, final) => {
    if (got + chunk.length > length + (length % 2)) throw undecodable(`deflated: more than ${length} bytes`);
    whole.set(chunk.subarray(0, length - got), got);
    got += chunk.length;
    ended = final;
  });
  try {
    for (let at = 0; at < bytes.length && !ended; at += STEP) {
      inflater.push(bytes.subarray(at, at + STEP), at + STEP >= bytes.length);
    }
  } catch {
    throw undecodable(`deflated: no valid stream of ${length} bytes`);
  }
  if (got < length) throw undecodable(`deflated: ${got} bytes instead of ${length}`);
  return whole;
}

/** Deflated Image Frame Compression, 1.2.840.10008.1.2.8.1: RFC 1951 around a native frame (PS3.5 A.4.13). */
export const deflated: Codec = {
  decode: (bytes, format) => littleEndian.decode(inflate(bytes, nativeFrameBytes(format)), format),
  encode: (frame) => deflateSync(littleEndian.encode!(frame)),
};
