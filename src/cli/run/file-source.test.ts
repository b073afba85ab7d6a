import {
  appendFileSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../../../test/support/scratch.js";
import { isElpisError } from "../../base/index.js";
import { HEAD_BYTES, InputReader, WHOLE_LIMIT } from "./file-source.js";
import { type InputFile, rawPath } from "./list.js";

function inputFile(bytes: Uint8Array): InputFile & { readonly at: string } {
  const at = join(scratchFolder(), "file");
  writeFileSync(at, bytes);
  const { size, mtimeMs } = statSync(at);
  return { id: 0, path: rawPath(at), size, mtimeMs, at };
}

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 31) % 251);
const unreadable = expect.toSatisfy((error: unknown) => isElpisError(error, "INPUT_UNREADABLE"));

describe("a file as a source of bytes", () => {
  it.each([0, 1, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 1, 300_000])(
    "gives every range of %i bytes",
    (length) => {
      const bytes = bytesOf(length);
      const file = inputFile(bytes);
      const reader = new InputReader();
      for (const open of [() => reader.openHead(file), () => reader.openWhole(file)]) {
        const source = open();
        expect(source.size).toBe(length);
        for (const start of [0, 1, HEAD_BYTES - 10, length - 1].filter((at) => at >= 0 && at < length)) {
          for (const end of [start, start + 1, start + 20, length].filter(
            (at) => at >= start && at <= length,
          )) {
            expect(Buffer.compare(source.read(start, end - start), bytes.subarray(start, end))).toBe(0);
          }
        }
        source.close();
      }
    },
  );

  it("gives what it read when it was opened, into memory of the caller too, whatever became of the file", () => {
    const file = inputFile(bytesOf(300_000));
    const source = new InputReader().openWhole(file);
    writeFileSync(file.at, new Uint8Array(300_000));
    const into = new Uint8Array(1000);
    source.readInto(into, 200_000);
    expect(Buffer.compare(into, bytesOf(300_000).subarray(200_000, 201_000))).toBe(0);
    source.close();
  });

  it("reads no more than the head in the first pass", () => {
    const file = inputFile(bytesOf(300_000));
    const source = new InputReader().openHead(file);
    expect(source.whole).toBeUndefined();
    source.close();
    const whole = new InputReader().openWhole(file);
    expect(Buffer.compare(whole.whole!, bytesOf(300_000))).toBe(0);
    whole.close();
  });

  it("leaves a file on disk that is too large to hold", () => {
    const file = inputFile(new Uint8Array(0));
    truncateSync(file.at, WHOLE_LIMIT + 1);
    const { size, mtimeMs } = statSync(file.at);
    const source = new InputReader().openWhole({ ...file, size, mtimeMs });
    expect(source.whole).toBeUndefined();
    source.close();
  });

  it.each<[string, (at: string) => void]>([
    ["was written to", (at) => appendFileSync(at, "more")],
    ["has another time", (at) => utimesSync(at, 1, 1)],
    ["is gone", (at) => rmSync(at)],
    [
      "is a link now",
      (at) => {
        rmSync(at);
        writeFileSync(`${at}2`, bytesOf(10));
        symlinkSync(`${at}2`, at);
      },
    ],
    [
      "is a folder now",
      (at) => {
        rmSync(at);
        mkdirSync(at);
      },
    ],
  ])("refuses a file that %s since it was listed", (_, change) => {
    const file = inputFile(bytesOf(10));
    change(file.at);
    expect(() => new InputReader().openWhole(file)).toThrow(unreadable);
  });

  it("refuses a file that becomes shorter while it is read", () => {
    const file = inputFile(bytesOf(HEAD_BYTES * 2));
    const source = new InputReader().openHead(file);
    truncateSync(file.at, HEAD_BYTES + 5);
    expect(() => source.read(HEAD_BYTES, 100)).toThrow(unreadable);
    source.close();
  });
});
