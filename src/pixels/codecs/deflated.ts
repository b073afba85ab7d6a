import { deflateSync, Inflate } from "fflate";
import { isElpisError } from "../../base/index.js";
import { type Codec, undecodable } from "./codec.js";
import { littleEndian, nativeFrameBytes } from "./native.js";

/** No deflate stream is longer than this times its bytes: 258 for a code of two bits (RFC 1951). */
const MOST_EXPANSION = 1032;
/** Bytes handed to the inflater at a time, so that little comes out before its length is looked at. */
const STEP = 4096;

/** Exactly `length` bytes, or throws: a frame that inflates to more is refused before it fills the memory. */
function inflate(bytes: Uint8Array, length: number): Uint8Array {
  if (length > bytes.length * MOST_EXPANSION)
    throw undecodable(`deflated: ${bytes.length} bytes hold no ${length}`);
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
  } catch (error) {
    if (isElpisError(error)) throw error;
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
