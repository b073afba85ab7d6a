import { concatBytes, latin1, pick, type Random, randomInt } from "../../src/base/index.js";
import { type DicomFile, memorySource, readFile, type Tokens } from "../../src/dicom/index.js";

/** One change at random to a file's bytes. Where `tokens` are known it aims at headers, lengths and VRs. */
type Mutation = (
  bytes: Uint8Array,
  tokens: Tokens | undefined,
  random: Random,
  donor: Uint8Array,
) => Uint8Array;

const HOSTILE_LENGTHS = [0, 1, 2, 7, 8, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff, 0x00010000] as const;
const VRS = ["SQ", "UN", "OB", "OW", "UT", "LO", "PN", "US", "UL", "XX", "ZZ", "\0\0", "??", "ox"] as const;
const ITEM_BYTES = Uint8Array.of(0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff);
const DELIMITERS = [0x0d, 0xdd] as const;

const place = (bytes: Uint8Array, random: Random) => Math.floor(random() * (bytes.length + 1));

/** Offset of the header of some element, or anywhere. */
function header(bytes: Uint8Array, tokens: Tokens | undefined, random: Random): number {
  if (!tokens || tokens.count === 0) return place(bytes, random);
  return tokens.start[Math.floor(random() * tokens.count)]!;
}

function spliced(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  return concatBytes([bytes.subarray(0, at), insert, bytes.subarray(Math.min(bytes.length, at + remove))]);
}

function withBytes(bytes: Uint8Array, at: number, values: ArrayLike<number>): Uint8Array {
  const copy = bytes.slice();
  for (let i = 0; i < values.length && at + i < copy.length; i++) copy[at + i] = values[i]!;
  return copy;
}

const little32 = (value: number) =>
  Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);

const MUTATIONS: readonly Mutation[] = [
  function flipBits(bytes, _tokens, random) {
    const copy = bytes.slice();
    for (let n = randomInt(random, 1, 4); n > 0 && copy.length > 0; n--) {
      copy[Math.floor(random() * copy.length)]! ^= 1 << randomInt(random, 0, 7);
    }
    return copy;
  },
  function setLength(bytes, tokens, random) {
    const at = header(bytes, tokens, random) + pick(random, [4, 6, 8]);
    return withBytes(bytes, at, little32(pick(random, HOSTILE_LENGTHS)));
  },
  function nudgeLength(bytes, tokens, random) {
    const at = header(bytes, tokens, random) + pick(random, [4, 6, 8]);
    return withBytes(bytes, at, [(bytes[at] ?? 0) + randomInt(random, -9, 9)]);
  },
  function truncate(bytes, tokens, random) {
    const at =
      random() < 0.5 ? place(bytes, random) : header(bytes, tokens, random) + randomInt(random, 0, 12);
    return bytes.slice(0, at);
  },
  function swapVr(bytes, tokens, random) {
    return withBytes(bytes, header(bytes, tokens, random) + 4, latin1(pick(random, VRS)));
  },
  function splice(bytes, tokens, random, donor) {
    const from = place(donor, random);
    const piece = donor.subarray(from, from + randomInt(random, 1, 2000));
    return spliced(bytes, header(bytes, tokens, random), randomInt(random, 0, 64), piece);
  },
  function repeat(bytes, tokens, random) {
    const at = header(bytes, tokens, random);
    const piece = bytes.subarray(at, at + randomInt(random, 8, 256));
    const copies = Array.from({ length: randomInt(random, 2, 200) }, () => piece);
    return spliced(bytes, at, 0, concatBytes(copies));
  },
  function nest(bytes, tokens, random) {
    const at = header(bytes, tokens, random);
    const tag = Uint8Array.of(0x08, 0x00, 0x15, 0x11, ...latin1(pick(random, ["SQ", "UN"])), 0, 0);
    const opening = random() < 0.5 ? concatBytes([tag, little32(0xffffffff), ITEM_BYTES]) : ITEM_BYTES;
    const levels = randomInt(random, 1, 300);
    return spliced(bytes, at, 0, concatBytes(Array.from({ length: levels }, () => opening)));
  },
  function strayDelimiter(bytes, tokens, random) {
    const delimiter = Uint8Array.of(0xfe, 0xff, pick(random, DELIMITERS), 0xe0, 0, 0, 0, 0);
    return spliced(bytes, header(bytes, tokens, random), 0, delimiter);
  },
  function zeros(bytes, tokens, random) {
    const at = random() < 0.5 ? bytes.length : header(bytes, tokens, random);
    return spliced(bytes, at, 0, new Uint8Array(randomInt(random, 1, 5000)));
  },
  function removeElement(bytes, tokens, random) {
    return spliced(bytes, header(bytes, tokens, random), randomInt(random, 1, 40), new Uint8Array(0));
  },
  function duplicateElement(bytes, tokens, random) {
    if (!tokens || tokens.count === 0) return bytes;
    const token = Math.floor(random() * tokens.count);
    const element = bytes.subarray(tokens.start[token]!, tokens.end[token]!);
    return spliced(bytes, header(bytes, tokens, random), 0, element);
  },
  function scrambleValue(bytes, tokens, random) {
    if (!tokens || tokens.count === 0) return bytes;
    const token = Math.floor(random() * tokens.count);
    const [start, end] = [tokens.value[token]!, Math.min(tokens.valueEnd[token]!, bytes.length)];
    const noise = Uint8Array.from({ length: Math.min(end - start, 300) }, () => randomInt(random, 0, 255));
    return withBytes(bytes, start, noise);
  },
  function swapBytes(bytes, tokens, random) {
    const at = header(bytes, tokens, random);
    const copy = bytes.slice();
    for (let i = at; i + 1 < Math.min(copy.length, at + 64); i += 2) {
      [copy[i], copy[i + 1]] = [copy[i + 1]!, copy[i]!];
    }
    return copy;
  },
];

/** Tokens whose offsets are those of the file itself: of its data set, or of its meta where that is deflated. */
export function tokensOf(bytes: Uint8Array): Tokens | undefined {
  let file: DicomFile;
  try {
    file = readFile(memorySource(bytes));
  } catch {
    return undefined;
  }
  return file.deflated || file.data.tokens.count === 0 ? file.meta.tokens : file.data.tokens;
}

/** The file after one to four random changes; the same seed gives the same bytes. */
export function mutated(
  bytes: Uint8Array,
  tokens: Tokens | undefined,
  random: Random,
  donor: Uint8Array,
): Uint8Array {
  let result = bytes;
  for (let n = pick(random, [1, 1, 1, 2, 3, 4]); n > 0; n--) {
    result = pick(random, MUTATIONS)(result, tokens, random, donor);
  }
  return result;
}
