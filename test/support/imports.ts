import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";

/** One import, export-from, `import()` or type import of a source file. */
export interface Import {
  readonly specifier: string;
  /** True when the whole statement is `import type` or `export type`. */
  readonly typeOnly: boolean;
}

/** What the code may import: see `rooms` in layers.test.ts. */
export interface Layers {
  /** Rooms whose values a room may import. */
  readonly rooms: Readonly<Record<string, readonly string[]>>;
  /** Rooms that may `import type` from any other room. */
  readonly typesOfAll: readonly string[];
  /** Rooms that run in a browser: no `node:` module at all. */
  readonly browser: readonly string[];
  /** Rooms that may open files, sockets and processes. */
  readonly outside: readonly string[];
  /** Packages that code outside tests may import. */
  readonly packages: readonly string[];
}

/** A source tree: path relative to `src/` with `/`, and its text. */
export type Sources = ReadonlyMap<string, string>;

// Statements begin a line, which text inside a comment block (" * ...") does not.
const statement = /^[ \t]*(?:import|export)\b(\s+type\b)?(?:[^"';]*?\bfrom)?\s*["']([^"'\n]+)["']/gm;
// A name that is put together at run time cannot be read here.
const dynamic = /\bimport\(\s*["'`]((?:(?!\$\{)[^"'`\n])+)["'`]/g;

export function importsOf(source: string): readonly Import[] {
  const found: Import[] = [];
  for (const [, type, specifier = ""] of source.matchAll(statement)) {
    found.push({ specifier, typeOnly: type !== undefined });
  }
  for (const [, specifier = ""] of source.matchAll(dynamic)) found.push({ specifier, typeOnly: false });
  return found;
}

/** Every .ts file under `root`. */
export function readSources(root: string): Sources {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => name.endsWith(".ts")).map((name) => name.split(sep).join("/"));
  return new Map(files.sort().map((file) => [file, readFileSync(join(root, file), "utf8")]));
}

const outsideModules = /^node:(fs|net|tls|https?|http2|dgram|dns|child_process|cluster|worker_threads)(\/|$)/;
/** `node.ts`, a room's second door, and `x.node.ts`: what only Node can do, as finding the files of a package. */
const isForNode = (file: string): boolean => /(?:^|[./])node\.ts$/.test(file);
const isTest = (file: string): boolean => file.endsWith(".test.ts");
const roomOf = (file: string): string => (file.includes("/") ? (file.split("/")[0] ?? "") : "");

/** Why `file` may not import this module of Node or package, or undefined. */
function packageFault(file: string, specifier: string, layers: Layers): string | undefined {
  if (isTest(file) || (specifier.startsWith("node:") && isForNode(file))) return undefined;
  const room = roomOf(file);
  if (specifier.startsWith("node:")) {
    if (layers.browser.includes(room)) return `${room} runs in a browser and may not import ${specifier}`;
    if (outsideModules.test(specifier) && !layers.outside.includes(room)) {
      return `${room} is handed bytes and values and may not import ${specifier}`;
    }
    return undefined;
  }
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  return layers.packages.includes(name) ? undefined : `${name} is not a dependency`;
}

/** Why `file` may not import the source file `target`, or undefined. */
function roomFault(file: string, target: string, typeOnly: boolean, layers: Layers): string | undefined {
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === to) {
    const leak = isForNode(target) && !isForNode(file) && !isTest(file);
    return leak ? `${target} is for Node alone, and ${file} is not` : undefined;
  }
  if (layers.rooms[to] === undefined) return `${target} is in no room`;
  const allowed = layers.rooms[from]?.includes(to) || (typeOnly && layers.typesOfAll.includes(from));
  if (!allowed) return `${from} may not import ${to}`;
  if (target === `${to}/node.ts` && layers.outside.includes(from)) return undefined;
  return target === `${to}/index.ts` ? undefined : `${to} has one door, ${to}/index.js`;
}

function fault(file: string, item: Import, sources: Sources, layers: Layers): string | undefined {
  const { specifier } = item;
  if (!specifier.startsWith(".")) return packageFault(file, specifier, layers);
  const path = posix.join(dirname(file), specifier);
  if (path.startsWith("../")) {
    const testHelp = isTest(file) && /^\.\.\/test\/(support|fixtures)\//.test(path);
    return testHelp ? undefined : `${specifier} is outside src`;
  }
  if (path.endsWith(".json")) return roomOf(file) === roomOf(path) ? undefined : `${path} is in another room`;
  if (!path.endsWith(".js")) return `${specifier} does not end in .js`;
  const target = path.replace(/\.js$/, ".ts");
  if (!sources.has(target)) return `${target} does not exist`;
  if (isTest(target)) return `${target} is a test`;
  return roomFault(file, target, item.typeOnly, layers);
}

/** Every import that the layers forbid, as "file: reason". */
export function violations(sources: Sources, layers: Layers): readonly string[] {
  const found: string[] = [];
  for (const [file, source] of sources) {
    if (layers.rooms[roomOf(file)] === undefined) {
      found.push(`${file}: is in no room`);
      continue;
    }
    for (const item of importsOf(source)) {
      const reason = fault(file, item, sources, layers);
      if (reason !== undefined) found.push(`${file}: ${reason}`);
    }
  }
  return found;
}

/** The names of the folders in `root`; none when it does not exist. */
export function foldersOf(root: string): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
}
