import { containsKnown, type IdentifierMatcher } from "../../text/index.js";

/** A reader takes each of these for the other, by shape alone. */
const AS_DIGITS: Readonly<Record<string, string>> = {
  O: "0",
  o: "0",
  Q: "0",
  D: "0",
  I: "1",
  l: "1",
  i: "1",
  "|": "1",
  "!": "1",
  Z: "2",
  z: "2",
  S: "5",
  s: "5",
  G: "6",
  b: "6",
  T: "7",
  B: "8",
  g: "9",
  q: "9",
};
const AS_LETTERS: Readonly<Record<string, string>> = {
  "0": "O",
  "1": "I",
  "|": "I",
  "!": "I",
  "2": "Z",
  "5": "S",
  "6": "G",
  "8": "B",
  $: "S",
};

/** Letters of the shortest word in which one wrong letter is allowed. */
const FORGIVEN = 6;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/**
 * True when what a reader took for `text` may be a known identifier: as it stands, with letters and digits of like
 * shape exchanged, or with any one letter of a word of six or more wrong.
 */
export function mayBeKnown(text: string, known: IdentifierMatcher): boolean {
  if (containsKnown(text, known)) return true;
  for (const reading of lookalikes(text)) if (containsKnown(reading, known)) return true;
  return text.split(/[\s,;:^_[\]()]+/).some((word) => hasOneWrong(word, known));
}

function lookalikes(text: string): Set<string> {
  const digits = mapped(text, AS_DIGITS);
  const letters = mapped(text, AS_LETTERS);
  // "Il" of "MlLLER" is read either way
  const tall = letters.replace(/[Iil]/g, "L");
  const short = letters.replace(/[Ll]/g, "I");
  const numbers = text.replace(/\S*\d\S*/g, (word) => mapped(word, AS_DIGITS));
  const readings = new Set([digits, letters, tall, short, numbers]);
  readings.delete(text);
  return readings;
}

function mapped(text: string, table: Readonly<Record<string, string>>): string {
  return [...text].map((letter) => table[letter] ?? letter).join("");
}

/** Each word is one of a line: what is known only where it is the whole of a value is not asked for. */
function hasOneWrong(word: string, known: IdentifierMatcher): boolean {
  const letters = [...word];
  if (letters.filter((letter) => /[\p{L}\p{N}]/u.test(letter)).length < FORGIVEN || letters.length > 40)
    return false;
  return letters.some((letter, at) => {
    if (!/[\p{L}\p{N}]/u.test(letter)) return false;
    const before = letters.slice(0, at).join("");
    const after = letters.slice(at + 1).join("");
    // A substitute changes nothing in the hash of what does not hold it, so each is a question of its own
    for (const substitute of ALPHABET) {
      if (containsKnown(`${before}${substitute}${after} ;`, known)) return true;
    }
    return false;
  });
}
