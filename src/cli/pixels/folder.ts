import { existsSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { ElpisError } from "../../base/index.js";
import { makeSecretFolder, namesIn, writeAll, writeWhole } from "../run/files.js";
import { requireOutsideReleases } from "../run/folders.js";
import { canonicalPath } from "../run/list.js";

/** `us-01-frame-001.png` */
const PICTURE_NAME = /-frame-\d{3,}\.png$/;
const LONGEST_NAME = 80;
const SAFE = /[^A-Za-z0-9._-]+/g;

/** A folder of pictures that show patients, for its owner alone. */
export class PictureFolder {
  readonly #path: string;
  readonly #names = new Set<string>();

  /**
   * Makes the folder. Throws USAGE where it would lie in a release, which is shared, and OUTPUT_EXISTS where it
   * holds anything but pictures of an earlier call.
   */
  constructor(path: string) {
    const absolute = canonicalPath(path);
    requireOutsideReleases(absolute);
    if (existsSync(absolute) && !statSync(absolute).isDirectory())
      throw new ElpisError("OUTPUT_EXISTS", `${path} is a file: name a folder`);
    const foreign = namesIn(absolute).find((name) => !PICTURE_NAME.test(name));
    if (foreign !== undefined) {
      throw new ElpisError(
        "OUTPUT_EXISTS",
        `${path} holds other files, ${foreign} first: name a new or empty folder, which will be for you alone`,
      );
    }
    makeSecretFolder(absolute);
    this.#path = absolute;
  }

  /** The name of a file for its pictures: safe on every system, and of no other file of this call. */
  nameFor(file: string): string {
    const base = basename(file, /^\.dcm$/i.test(extname(file)) ? extname(file) : "");
    const safe = base.replace(SAFE, "_").replace(/^\.+/, "").slice(0, LONGEST_NAME) || "file";
    let name = safe;
    for (let count = 2; this.#names.has(name.toLowerCase()); count++) name = `${safe}-${count}`;
    this.#names.add(name.toLowerCase());
    return name;
  }

  /** Writes a picture of a frame, from 1 on, and returns its path. Throws OUTPUT_UNWRITABLE. */
  write(name: string, frame: number, png: Uint8Array): string {
    const path = join(this.#path, `${name}-frame-${String(frame).padStart(3, "0")}.png`);
    writeWhole(path, 0o600, (fd) => writeAll(fd, png));
    return path;
  }
}
