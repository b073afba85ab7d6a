import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { itNeeding, type Need } from "./needs.js";

/** The outside judges and the Debian package of each. */
const packages = {
  dcmdump: "dcmtk",
  dcmconv: "dcmtk",
  dcmodify: "dcmtk",
  dcmdjpeg: "dcmtk",
  dcmdrle: "dcmtk",
  dcmdjpls: "dcmtk",
  dcmcjpeg: "dcmtk",
  dcmftest: "dcmtk",
  dcm2pnm: "dcmtk",
  dcmmkdir: "dcmtk",
  dsrdump: "dcmtk",
  dump2dcm: "dcmtk",
  gdcmdump: "libgdcm-tools",
  gdcminfo: "libgdcm-tools",
  gdcmconv: "libgdcm-tools",
  gdcmraw: "libgdcm-tools",
  gdcmanon: "libgdcm-tools",
  dciodvfy: "dicom3tools",
  dcdump: "dicom3tools",
  opj_decompress: "libopenjp2-tools",
  pydicom: "python3-pydicom python3-numpy",
  torch: "python3-torch",
  pil: "python3-pil",
  openssl: "openssl",
} as const;

export type ToolName = keyof typeof packages;

/** Full path of a program on PATH, or undefined. */
function onPath(program: string): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder; the next one may have it.
    }
  }
  return undefined;
}

/** Judges that are modules of Python, and what to import. */
const modules: { readonly [name in ToolName]?: string } = {
  pydicom: "pydicom, numpy",
  torch: "torch",
  pil: "PIL.Image",
};

/** A Python that imports it: the one on PATH, else Debian's own, which holds what apt installs. */
function pythonWith(module: string): string | undefined {
  const pythons = [onPath("python3"), "/usr/bin/python3"].filter((path) => path !== undefined);
  return pythons.find((path) => spawnSync(path, ["-c", `import ${module}`]).status === 0);
}

const found = new Map<ToolName, string | undefined>();

/** Full path of the judge on this machine (for a module, of the Python that has it), or undefined. */
export function tool(name: ToolName): string | undefined {
  const module = modules[name];
  if (!found.has(name)) found.set(name, module === undefined ? onPath(name) : pythonWith(module));
  return found.get(name);
}

/** Full path of each judge, by its name. */
export type ToolPaths<N extends ToolName> = Readonly<Record<N, string>>;

/** Run with these paths; or skip, or fail where judges are `required`, with the apt line that helps. */
export function requirement<N extends ToolName>(
  names: readonly N[],
  find: (name: ToolName) => string | undefined = tool,
  required = process.env.ELPIS_REQUIRE_TOOLS === "1",
): Need<ToolPaths<N>> {
  const missing = names.filter((name) => find(name) === undefined);
  if (missing.length > 0) {
    const apt = [...new Set(missing.map((name) => packages[name]))].join(" ");
    return {
      kind: required ? "fail" : "skip",
      reason: `needs ${missing.join(", ")}: apt-get install ${apt}`,
    };
  }
  const paths = Object.fromEntries(names.map((name) => [name, find(name)]));
  return { kind: "run", given: paths as ToolPaths<N> };
}

/**
 * A test that needs outside judges; it is handed their paths. Without them it is reported as skipped with
 * the apt line, and as failed under ELPIS_REQUIRE_TOOLS=1, which CI sets.
 */
export function itWithTool<N extends ToolName>(
  names: N | readonly N[],
  title: string,
  run: (paths: ToolPaths<N>) => unknown,
  timeout?: number,
): void {
  itNeeding(title, () => requirement(typeof names === "string" ? [names] : names), run, timeout);
}
