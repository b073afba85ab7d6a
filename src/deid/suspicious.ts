import type { CleanResult } from "../text/index.js";
import type { SuspiciousText } from "./types.js";

/** Characters on either side that let a person judge a word. */
const AROUND = 40;

/**
 * What stayed of a value though it looks suspicious, each with its neighbourhood: as far as `AROUND`
 * characters, and up to the next stretch that was removed, so that it holds no word that is gone. Linear.
 */
export function suspiciousTexts(value: string, { findings, suspicious }: CleanResult): SuspiciousText[] {
  const texts: SuspiciousText[] = [];
  let next = 0;
  for (const { start, end, why } of [...suspicious].sort((a, b) => a.start - b.start)) {
    while (next < findings.length && findings[next]!.end <= start) next++;
    const from = Math.max(start - AROUND, findings[next - 1]?.end ?? 0);
    const to = Math.min(end + AROUND, findings[next]?.start ?? value.length);
    texts.push({ why, text: value.slice(start, end), context: value.slice(from, Math.max(to, end)) });
  }
  return texts;
}
