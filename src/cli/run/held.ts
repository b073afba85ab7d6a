import type { HeldReason } from "../../deid/index.js";
import { compare } from "./list.js";

/** A file or folder that was held back, and where it still lies. */
export interface HeldFile {
  readonly path: string;
  readonly reasons: readonly HeldReason[];
}

/** held.jsonl: one JSON object a line, sorted by path. On the secret side, for paths are originals' own. */
export function* heldPieces(held: readonly HeldFile[]): Generator<string> {
  for (const { path, reasons } of [...held].sort((a, b) => compare(a.path, b.path))) {
    const plain = reasons.map(({ code, detail }) => ({ code, detail }));
    yield `${JSON.stringify({ path, reasons: plain })}\n`;
  }
}

/** How many files are held for each reason, by code, sorted; a file counts once for each code it has. */
export function countByCode(held: readonly HeldFile[]): { readonly [code: string]: number } {
  const counts = new Map<string, number>();
  for (const { reasons } of held) {
    for (const code of new Set(reasons.map((reason) => reason.code))) {
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => compare(a, b)));
}
