import { spawnSync } from "node:child_process";

/** One element as pydicom reads it. Text is its own decoding of a text value, parts joined by backslashes. */
export interface JudgedElement {
  readonly tag: number;
  readonly vr: string;
  /** Bytes of the value as they stand in the file; null for a sequence. */
  readonly length: number | null;
  readonly items: readonly (readonly JudgedElement[])[] | null;
  readonly text: string | null;
  /** Of the value's bytes, where pydicom has kept them. */
  readonly digest: string | null;
}

/** What pydicom makes of a file, or why it cannot read it. */
export interface Judgement {
  readonly path: string;
  readonly meta: readonly JudgedElement[];
  readonly data: readonly JudgedElement[];
  readonly error: string | null;
}

const SCRIPT = `
import sys, json, hashlib, warnings
import pydicom
from pydicom.dataelem import RawDataElement
warnings.simplefilter("ignore")
TEXT = set("AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT".split())

def text_of(value):
    if value is None: return ""
    if isinstance(value, (list, tuple, pydicom.multival.MultiValue)): return "\\\\".join(text_of(v) for v in value)
    if isinstance(value, pydicom.valuerep.PersonName): return "=".join(value.components)
    return str(getattr(value, "original_string", value))

def elements(ds):
    found = []
    for tag in sorted(ds._dict.keys()):
        raw = ds.get_item(tag)
        length = raw.length if isinstance(raw, RawDataElement) else None
        data = raw.value if isinstance(raw, RawDataElement) else None
        if isinstance(data, bytes): length = len(data)
        element = ds[tag]
        vr = (raw.VR if isinstance(raw, RawDataElement) else None) or element.VR
        items = [elements(item) for item in element.value] if element.VR == "SQ" else None
        text = text_of(element.value) if vr in TEXT else None
        found.append(dict(tag=int(tag), vr=getattr(vr, "value", vr), length=None if items is not None else length, items=items, text=text,
            digest=hashlib.md5(data).hexdigest() if isinstance(data, bytes) else None))
    return found

for path in sys.stdin.read().splitlines():
    out = dict(path=path, meta=[], data=[], error=None)
    try:
        ds = pydicom.filereader.read_partial(open(path, "rb"), force=True)
        out["meta"] = elements(ds.file_meta)
        out["data"] = elements(ds)
    except Exception as error:
        out["error"] = type(error).__name__ + ": " + str(error)
    print(json.dumps(out))
`;

/** pydicom's own reading of files, one process for all of them. `python` is what `itWithTool` hands out. */
export function judgements(python: string, paths: readonly string[]): readonly Judgement[] {
  const { status, stdout, stderr } = spawnSync(python, ["-c", SCRIPT], {
    input: paths.join("\n"),
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Judgement);
}
