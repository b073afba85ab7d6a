import { ElpisError } from "../../base/index.js";

/**
 * The compiled codecs of the package dcmjs-codecs: libijg (as dcmtk has it), CharLS, OpenJPEG, OpenJPH and
 * libjxl in one WebAssembly file without WASI files or sockets. Only that file is used, through this glue; the
 * package's own JavaScript, which loads dcmjs and prints, is not.
 */
type Call = (...numbers: number[]) => number;
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly calls: Readonly<Record<string, Call>>;
}

/** What the compiled codecs are told of a picture: precision up to 8 in bytes, up to 16 in two bytes each. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  /** Bits of a sample, which is taken as unsigned. */
  readonly precision: number;
}

export type Method = "Jpeg" | "JpegLs" | "Jpeg2000" | "HtJpeg2000" | "JpegXl";

/** How to write: the package's own settings by name, as numbers. */
export type Settings = Readonly<Record<string, number>>;

/** The order of the package's list of photometric interpretations. */
const MONOCHROME2 = 1;
const RGB = 3;
const CMYK = 10;

/** What a codec may use beyond what its instance begins with: some tens of bytes for each sample. */
const ROOM = 64 * 1024 * 1024;
const ROOM_PER_SAMPLE = 40;

let compiled: WebAssembly.Module | undefined;
let instance: Exports | undefined;
let begun = 0;
/** Bytes of memory at which the call under way is stopped. */
let limit = 0;
/** What the codec said during the call under way. */
let said: string[] = [];

/** Hands in the file `build/dcmjs-native-codecs.wasm`; compiles it unless the platform already has. */
export async function openWasm(source: BufferSource | WebAssembly.Module): Promise<void> {
  compiled = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source);
  instance = undefined;
}

/** True once the compiled codecs are there. */
export function isWasmOpen(): boolean {
  return compiled !== undefined;
}

/** Thrown out of the codec to end a call; never leaves this file. */
class Stopped extends Error {}

function text(at: number, length: number): string {
  const bytes = new Uint8Array(instance!.memory.buffer, at, length);
  return String.fromCharCode(...bytes.subarray(0, 200));
}

/** Accepts what is written to standard output and error, and drops it. */
function swallow(_file: number, parts: number, count: number, written: number): number {
  const memory = new DataView(instance!.memory.buffer);
  let length = 0;
  for (let i = 0; i < count; i++) length += memory.getUint32(parts + 8 * i + 4, true);
  memory.setUint32(written, length, true);
  return 0;
}

function stop(): never {
  throw new Stopped("stopped");
}

/** A clock that stands still and an environment without variables: nothing of this machine reaches a codec. */
const imports = {
  env: {
    onCodecsException: stop,
    onCodecsInfo: (at: number, length: number) => void said.push(text(at, length)),
    onCodecsTrace: () => {},
    emscripten_notify_memory_growth: () => {
      if (instance !== undefined && instance.memory.buffer.byteLength > limit) stop();
    },
  },
  wasi_snapshot_preview1: {
    proc_exit: stop,
    clock_time_get: (_clock: number, _precision: bigint, at: number) => {
      new DataView(instance!.memory.buffer).setBigUint64(at, 0n, true);
      return 0;
    },
    fd_write: swallow,
    fd_close: () => 0,
    fd_seek: () => 0,
    environ_get: () => 0,
    environ_sizes_get: (count: number, size: number) => {
      const memory = new DataView(instance!.memory.buffer);
      memory.setUint32(count, 0, true);
      memory.setUint32(size, 0, true);
      return 0;
    },
  },
};

function start(): Exports {
  if (compiled === undefined) {
    throw new ElpisError("PIXELS_UNSUPPORTED", "the compiled codecs are not open: await openCodecs() first");
  }
  const exports = new WebAssembly.Instance(compiled, imports).exports;
  const calls = exports as unknown as Readonly<Record<string, Call>>;
  instance = { memory: exports.memory as WebAssembly.Memory, calls };
  begun = instance.memory.buffer.byteLength;
  limit = Number.POSITIVE_INFINITY;
  call("_initialize");
  return instance;
}

function call(name: string, ...numbers: number[]): number {
  return instance!.calls[name]!(...numbers);
}

function createContext(picture: Picture): number {
  const { rows, columns, samplesPerPixel, precision } = picture;
  const context = call("CreateCodecsContext");
  call("SetColumns", context, columns);
  call("SetRows", context, rows);
  call("SetBitsAllocated", context, precision > 8 ? 16 : 8);
  call("SetBitsStored", context, precision);
  call("SetSamplesPerPixel", context, samplesPerPixel);
  call("SetPixelRepresentation", context, 0);
  call("SetPlanarConfiguration", context, 0);
  const photometric = samplesPerPixel === 1 ? MONOCHROME2 : samplesPerPixel === 3 ? RGB : CMYK;
  call("SetPhotometricInterpretation", context, photometric);
  return context;
}

function putBuffer(kind: "Encoded" | "Decoded", context: number, bytes: Uint8Array): void {
  call(`Set${kind}BufferSize`, context, bytes.length);
  new Uint8Array(instance!.memory.buffer).set(bytes, call(`Get${kind}Buffer`, context));
}

function takeBuffer(kind: "Encoded" | "Decoded", context: number): Uint8Array {
  const at = call(`Get${kind}Buffer`, context);
  return new Uint8Array(instance!.memory.buffer, at, call(`Get${kind}BufferSize`, context)).slice();
}

/**
 * Runs one call. Whatever leaves the codec by an exception has left its heap and stack as they were, so the
 * instance is dropped and the next call has a new one; the same after a call that made it grow. Returns
 * undefined for a call that failed.
 */
function guarded<T>(picture: Picture, run: () => T): T | undefined {
  const { memory } = instance ?? start();
  said = [];
  limit = begun + ROOM + picture.rows * picture.columns * picture.samplesPerPixel * ROOM_PER_SAMPLE;
  try {
    const result = run();
    if (memory.buffer.byteLength > begun) instance = undefined;
    return result;
  } catch {
    instance = undefined;
    return undefined;
  }
}

/** What came out of a decoder. */
export interface Decoded {
  /** Samples by pixel, one byte each for a precision up to 8, otherwise two, little endian. */
  readonly bytes: Uint8Array;
  /** What the codec said, for those of its warnings that mean a broken stream. */
  readonly said: readonly string[];
}

/** Undefined where the codec refuses the stream or gives another picture than the one announced. */
export function decodeWith(method: Method, bytes: Uint8Array, picture: Picture): Decoded | undefined {
  const decoded = guarded(picture, () => {
    const context = createContext(picture);
    putBuffer("Encoded", context, bytes);
    const parameters = call("CreateDecoderParameters");
    call("SetConvertColorspaceToRgb", parameters, 0);
    call(`Decode${method}`, context, parameters);
    call("ReleaseDecoderParameters", parameters);
    const samples = takeBuffer("Decoded", context);
    call("ReleaseCodecsContext", context);
    return samples;
  });
  const { rows, columns, samplesPerPixel, precision } = picture;
  const length = rows * columns * samplesPerPixel * (precision > 8 ? 2 : 1);
  return decoded?.length === length ? { bytes: decoded, said } : undefined;
}

/** Undefined where the codec refuses the picture. `bytes` as `decodeWith` gives them. */
export function encodeWith(
  method: Method,
  bytes: Uint8Array,
  picture: Picture,
  settings: Settings,
): Uint8Array | undefined {
  return guarded(picture, () => {
    const context = createContext(picture);
    putBuffer("Decoded", context, bytes);
    const parameters = call("CreateEncoderParameters");
    for (const [name, value] of Object.entries(settings)) call(`Set${name}`, parameters, value);
    call(`Encode${method}`, context, parameters);
    call("ReleaseEncoderParameters", parameters);
    const encoded = takeBuffer("Encoded", context);
    call("ReleaseCodecsContext", context);
    return encoded;
  });
}
