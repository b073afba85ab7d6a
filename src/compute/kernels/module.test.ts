import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { KERNEL_MODULE } from "./module.js";
import { instantiateKernels, simdIsAvailable } from "./wasm.js";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const scratch = mkdtempSync(join(tmpdir(), "elpis-kernels-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A copy of the sources and of the generated file, with one of them changed. */
function copy(name: string, change: { file: "f32.ts" | "module.ts"; from: string; to: string }): string[] {
  const [sources, out] = [join(scratch, name), join(scratch, `${name}.ts`)];
  cpSync(join(here, "assembly"), sources, { recursive: true });
  cpSync(join(here, "module.ts"), out);
  const path = change.file === "module.ts" ? out : join(sources, change.file);
  const text = readFileSync(path, "utf8");
  expect(text).toContain(change.from);
  writeFileSync(path, text.replace(change.from, change.to));
  return ["--sources", sources, "--out", out];
}

function script(...options: readonly string[]): { status: number | null; said: string } {
  const ran = spawnSync(process.execPath, ["--import", "tsx", "scripts/kernels.ts", ...options], {
    cwd: root,
    encoding: "utf8",
  });
  return { status: ran.status, said: ran.stdout + ran.stderr };
}

describe("the compiled kernels", () => {
  it("are the ones that the sources give, byte for byte", () => {
    expect(script("--check")).toMatchObject({ status: 0 });
  });

  it.each([
    [
      "a source changed",
      { file: "f32.ts", from: "const TILE_ROWS: i32 = 4;", to: "const TILE_ROWS: i32 = 8;" },
    ],
    ["only a comment changed", { file: "f32.ts", from: "// AssemblyScript", to: "// Assembly" }],
    ["the module was changed by hand", { file: "module.ts", from: '"AGFzb', to: '"AGFzc' }],
  ] as const)("are called stale when %s", (name, change) => {
    const stale = script("--check", ...copy(name.replaceAll(" ", "-"), change));
    expect(stale.status).toBe(1);
    expect(stale.said).toContain("is stale; run npm run kernels");
  });

  it("import nothing and have one unshared memory, which starts empty", () => {
    const module = new WebAssembly.Module(Buffer.from(KERNEL_MODULE, "base64"));
    expect(WebAssembly.Module.imports(module)).toEqual([]);
    expect(instantiateKernels().memory.buffer).toBeInstanceOf(ArrayBuffer);
    expect(instantiateKernels().memory.buffer.byteLength).toBe(0);
  });

  it("are only used where the engine has SIMD", () => {
    expect(simdIsAvailable()).toBe(true);
    const { validate } = WebAssembly;
    try {
      WebAssembly.validate = () => false;
      expect(simdIsAvailable()).toBe(false);
    } finally {
      WebAssembly.validate = validate;
    }
  });
});
