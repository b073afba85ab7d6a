// Makes dist/ from src/, from scratch, so that a removed file leaves no stale module behind: the rooms as modules of
// their own, for programs that import them, and the command line in a few files that hold all it loads at once.
import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
rmSync(dist, { recursive: true, force: true });
compile();
const { metafile } = await bundleProgram();
writeFileSync(join(dist, "cli/LICENSES.txt"), licencesOf(packagesIn(metafile)));
chmodSync(join(dist, "cli/main.js"), 0o755);

function compile() {
  const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  const { status } = spawnSync(process.execPath, [join(typescript, "bin/tsc"), "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Three hundred small files take Node longer to find and link than to run: see docs/performance.md. */
async function bundleProgram() {
  const program = join(dist, "program");
  const bundled = await build({
    absWorkingDir: root,
    entryPoints: ["dist/cli/main.js", "dist/cli/run/worker.js"],
    entryNames: "[name]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // Both load a WebAssembly file that lies beside them; yaml asks for Node's modules as CommonJS does.
    external: ["dcmjs-codecs", "tesseract.js-core", "@tesseract.js-data/eng", "yaml"],
    sourcemap: "linked",
    outdir: program,
    metafile: true,
    logLevel: "warning",
  });
  rmSync(join(dist, "cli"), { recursive: true });
  renameSync(program, join(dist, "cli"));
  return bundled;
}

/** Names of the packages whose code the bundle holds. */
function packagesIn({ inputs }) {
  const names = Object.keys(inputs).map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
}

/** Whoever passes their code on passes their licences on. */
function licencesOf(packages) {
  const texts = packages.map((name) => {
    const folder = join(root, "node_modules", name);
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined) throw new Error(`${name} has no licence that could be passed on`);
    return `${name}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  return `The files beside this one hold code of these packages.\n\n${texts.join("\n---\n\n")}`;
}
