// A de-identification script as people write it with dcmjs and its own anonymizer: DCMJS IN OUT
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";

const [, , modules, source, target] = process.argv;
const { anonymizer, data, log } = createRequire(join(modules, "package.json"))("dcmjs");
log.setLevel("error");

const UIDS = ["0020000D", "0020000E", "00080018", "00200052"];
const freshUid = (old) => `2.25.${BigInt(`0x${createHash("md5").update(old).digest("hex")}`)}`;

for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  const bytes = readFileSync(path);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const file = data.DicomMessage.readFile(buffer);
  anonymizer.cleanTags(file.dict);
  for (const tag of UIDS) {
    const element = file.dict[tag];
    if (element) element.Value = element.Value.map(freshUid);
  }
  file.meta["00020003"].Value = file.dict["00080018"].Value;
  const out = join(target, relative(source, path));
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, Buffer.from(file.write()));
}
