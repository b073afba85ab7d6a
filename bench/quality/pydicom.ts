import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Flat, FlatElement } from "./read.js";

/** Prints one JSON line per file: elements at every depth as [path, VR, text], and the pixels' MD5 in base 16. */
const SCRIPT = `
import hashlib, json, sys, warnings
warnings.filterwarnings("ignore")
import pydicom
from pydicom import config
config.settings.reading_validation_mode = config.IGNORE
def text(elem):
    v = elem.value
    if v is None: return ""
    if isinstance(v, bytes): return v.decode("latin-1")
    if isinstance(v, str) or not hasattr(v, "__iter__"): return str(v)
    if type(v).__name__ == "PersonName": return str(v)
    return "\\\\".join(str(x) for x in v)
def walk(ds, prefix, out):
    for elem in ds:
        path = prefix + "%08X" % elem.tag
        if path == "7FE00010": continue
        if elem.VR == "SQ":
            out.append([path, "SQ", ""])
            for i, item in enumerate(elem.value): walk(item, path + "." + str(i) + ".", out)
        else: out.append([path, elem.VR, text(elem)])
for name in sys.stdin.read().splitlines():
    try:
        ds = pydicom.dcmread(name, force=True)
        out = []
        walk(ds, "", out)
        pixels = hashlib.md5(ds.get_item(0x7FE00010).value).hexdigest() if 0x7FE00010 in ds else ""
        meta = str(ds.file_meta.get("MediaStorageSOPInstanceUID", ""))
        print(json.dumps({"elements": out, "pixels": pixels, "meta": meta, "syntax": str(ds.file_meta.get("TransferSyntaxUID", ""))}))
    except Exception as error:
        print(json.dumps({"error": str(error)}))
`;

/** Reads files with pydicom in one child process: undefined for a file that it cannot read. */
export function flattenWithPydicom(python: string, files: readonly Uint8Array[]): (Flat | undefined)[] {
  if (files.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), "elpis-quality-"));
  try {
    const names = files.map((bytes, i) => {
      const name = join(folder, `${i}-${createHash("md5").update(bytes).digest("hex").slice(0, 8)}.dcm`);
      writeFileSync(name, bytes);
      return name;
    });
    const { stdout, status, stderr } = spawnSync(python, ["-c", SCRIPT], {
      input: names.join("\n"),
      encoding: "utf8",
      maxBuffer: 1 << 30,
    });
    if (status !== 0) throw new Error(`pydicom: ${stderr}`);
    return stdout.trimEnd().split("\n").map(flatOf);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Line {
  readonly elements?: readonly (readonly [path: string, vr: string, text: string])[];
  readonly pixels: string;
  readonly meta: string;
  readonly syntax: string;
}

function flatOf(line: string): Flat | undefined {
  const { elements, pixels, meta, syntax } = JSON.parse(line) as Line;
  if (elements === undefined) return undefined;
  const map = new Map<string, FlatElement>(elements.map(([path, vr, text]) => [path, { vr, text }]));
  return { reader: "pydicom", elements: map, metaUid: meta, transferSyntax: syntax, pixels };
}
