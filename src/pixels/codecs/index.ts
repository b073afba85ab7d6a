import type { Codec } from "./codec.js";
import { deflated } from "./deflated.js";
import { jpeg, jpegLossless } from "./jpeg.js";
import { jpegLs } from "./jpeg-ls.js";
import { jpegXl, jpegXlRecompressed } from "./jpeg-xl.js";
import { htj2k, htj2kRpcl, jpeg2000 } from "./jpeg2000.js";
import { bigEndian, littleEndian } from "./native.js";
import { rle } from "./rle.js";

export { packBits, unpackBits } from "./bits.js";
export type { Codec } from "./codec.js";
export { nativeFrameBytes } from "./native.js";
export { withPlanarConfiguration } from "./planes.js";
export { losslessSyntaxFor, writtenPhotometric } from "./syntaxes.js";
export { isWasmOpen as areCodecsOpen, openWasm as openCodecs } from "./wasm.js";

const root = "1.2.840.10008.1.2";

/** By transfer syntax. Video, JPEG 2000 Part 2 (92, 93) and JPIP have no codec: such instances are held. */
const codecs: ReadonlyMap<string, Codec> = new Map([
  [root, littleEndian],
  [`${root}.1`, littleEndian],
  [`${root}.1.98`, littleEndian],
  [`${root}.1.99`, littleEndian],
  [`${root}.2`, bigEndian],
  [`${root}.5`, rle],
  [`${root}.8.1`, deflated],
  [`${root}.4.50`, jpeg],
  [`${root}.4.51`, jpeg],
  [`${root}.4.57`, jpegLossless],
  [`${root}.4.70`, jpegLossless],
  [`${root}.4.80`, jpegLs],
  [`${root}.4.81`, jpegLs],
  [`${root}.4.90`, jpeg2000],
  [`${root}.4.91`, jpeg2000],
  [`${root}.4.201`, htj2k],
  [`${root}.4.202`, htj2kRpcl],
  [`${root}.4.203`, htj2k],
  [`${root}.4.110`, jpegXl],
  [`${root}.4.111`, jpegXlRecompressed],
  [`${root}.4.112`, jpegXl],
]);

/**
 * The codec of a transfer syntax, or undefined where there is none. JPEG and its successors are compiled code:
 * hand it in once a thread with `await openCodecs(bytes)`, before the first frame; the rest needs nothing.
 */
export function codecFor(transferSyntax: string): Codec | undefined {
  return codecs.get(transferSyntax);
}
