import * as table from "./tables/attribute-types.js";
import type { Tag } from "./tag.js";
import { sopClassIod } from "./uid.js";

/**
 * An attribute's type (PS3.5 7.4) in an IOD. "absent": the IOD is known and has no such attribute there (a
 * Standard Extended SOP Class may still carry it). "unknown": the tables cannot tell.
 */
export type AttributeType = "1" | "1C" | "2" | "2C" | "3" | "absent" | "unknown";
type KnownType = "1" | "1C" | "2" | "2C" | "3";

/** Strictest first: the order in which one type wins over another when several modules define an attribute. */
const STRICTNESS: readonly KnownType[] = ["1", "1C", "2", "2C", "3"];

/** What the modules of one IOD say; keys are eight hex digits a level, outermost first. */
interface IodTypes {
  readonly byPath: ReadonlyMap<string, KnownType>;
  /** By innermost sequence and tag, wherever that sequence stands. */
  readonly bySequence: ReadonlyMap<string, KnownType>;
  /** False when the sources lack one of its modules, so that an attribute not found may still be in the IOD. */
  readonly complete: boolean;
}

interface Sources {
  /** The attributes that every code sequence may hold. */
  readonly inAnySequence: ReadonlyMap<string, KnownType>;
  readonly modules: readonly string[];
  readonly iods: ReadonlyMap<string, { readonly modules: readonly number[]; readonly complete: boolean }>;
  /** Every attribute that some module defines. */
  readonly attributes: ReadonlySet<string>;
}

const readPair = (pair: string): [path: string, type: KnownType] => {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1) as KnownType];
};

function readSources(): Sources {
  const [macro = "", modules = "", iods = ""] = table.content.split("\n\n");
  const inAnySequence = new Map(macro.split(" ").map(readPair));
  const attributes = new Set(inAnySequence.keys());
  for (const pair of modules.split(/[ \n]/)) attributes.add(readPair(pair)[0].slice(-8));
  const rows = iods.split("\n").map((line) => {
    const [name = "", numbers = "", mark] = line.split("|");
    return [
      name,
      { modules: numbers.split(" ").filter(Boolean).map(Number), complete: mark !== "!" },
    ] as const;
  });
  return { inAnySequence, modules: modules.split("\n"), iods: new Map(rows), attributes };
}

function keepStrictest(types: Map<string, KnownType>, key: string, type: KnownType): void {
  const other = types.get(key);
  if (!other || STRICTNESS.indexOf(type) < STRICTNESS.indexOf(other)) types.set(key, type);
}

function readIod(sources: Sources, name: string): IodTypes | undefined {
  const iod = sources.iods.get(name);
  if (!iod) return undefined;
  const byPath = new Map<string, KnownType>();
  const bySequence = new Map<string, KnownType>();
  for (const number of iod.modules) {
    for (const pair of sources.modules[number]!.split(" ")) {
      const [path, type] = readPair(pair);
      keepStrictest(byPath, path, type);
      if (path.length > 8) keepStrictest(bySequence, path.slice(-16), type);
    }
  }
  return { byPath, bySequence, complete: iod.complete };
}

let sources: Sources | undefined;
const iodCache = new Map<string, IodTypes | undefined>();

function iodTypes(sopClassUid: string): IodTypes | undefined {
  const name = sopClassIod(sopClassUid);
  if (name === undefined) return undefined;
  if (!iodCache.has(name)) iodCache.set(name, readIod((sources ??= readSources()), name));
  return iodCache.get(name);
}

const hex = (tag: Tag): string => tag.toString(16).toUpperCase().padStart(8, "0");

/**
 * The type of an attribute at a place in an object of a SOP class, for the attributes whose PS3.15 Table E.1-1
 * action depends on it (D, Z and the compound actions); any other is "unknown". `sequencePath` holds the tags of
 * the enclosing sequences, outermost first, empty at the top. A module counts whatever its usage (M, C, U), for
 * an attribute that is there was put there by some module. Where the exact place is not in the tables, the
 * innermost sequence decides wherever else in the IOD it stands; nested attributes are never "absent".
 */
export function attributeType(sopClassUid: string, sequencePath: readonly Tag[], tag: Tag): AttributeType {
  const iod = iodTypes(sopClassUid);
  if (!iod) return "unknown";
  const key = hex(tag);
  const known = sources!;
  const exact = iod.byPath.get(sequencePath.map(hex).join("") + key);
  if (exact) return exact;
  const sequence = sequencePath.at(-1);
  if (sequence !== undefined) {
    return iod.bySequence.get(hex(sequence) + key) ?? known.inAnySequence.get(key) ?? "unknown";
  }
  return iod.complete && known.attributes.has(key) ? "absent" : "unknown";
}
