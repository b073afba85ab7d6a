import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { itWithCorpus } from "./corpus.js";

itWithCorpus(
  "finds every file that the corpus inventory lists, and the marker of each Part 10 file",
  (files) => {
    const marked = files.filter(
      (file) => readFileSync(file.absolute).toString("latin1", 128, 132) === "DICM",
    );
    expect(new Set(files.map((file) => file.path)).size).toBe(files.length);
    expect(marked.map((file) => file.path)).toEqual(
      files.filter((file) => file.part10).map((file) => file.path),
    );
  },
);
