/**
 * Attribute types (PS3.5 7.4) per IOD, for the attributes of Table E.1-1 but those that are replaced (U), as text in
 * three parts with an empty line between them:
 *   1. `tag=type`: the type of an attribute of the Code Sequence Macro, the same in nearly every sequence
 *   2. one line a module: `path=type …`, the path eight hex digits a level, outermost first
 *   3. one line an IOD: `name|module lines|!`, where ! says that the sources lack one of its modules
 */

interface E11Row {
  readonly id: string;
  readonly basicProfile: string;
}
type ModuleTable = Readonly<
  Record<string, { readonly attributes: readonly { readonly path: string; readonly type: string }[] }>
>;
interface Ciod {
  readonly id: string;
  readonly name: string;
}
interface CiodModule {
  readonly ciodId: string;
  readonly moduleId: string;
}
interface CiodMacro {
  readonly ciodId: string;
  readonly macroId: string;
}

/** Context Group Version and Context Group Local Version (PS3.3 Table 8.8-1b): in every code sequence. */
const CODE_MACRO: Readonly<Record<string, string>> = { "00080106": "1C", "00080107": "1C" };

/** Modules and functional group macros that the sources lack or cut short: attributes by hand (PS3.3 2024b). */
const MODULE_SUPPLEMENT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // C.7.10.1, split off from General Image in 2022
  "general-acquisition": { "00080022": "3", "00080032": "3", "0008002A": "3" },
  // C.37.1.2: inside Annotation Group Sequence
  "microscopy-bulk-simple-annotations": { "006A0002006A0003": "1", "006A0002006A0005": "1" },
  // C.17.3: content items nest, and the sources stop at the first level
  "sr-document-content": { "0040A7300040A032": "1C", "0040A7300040A730": "1C" },
  // no attribute of this table among theirs outside sequences
  "multi-energy-ct-image": {},
  "enhanced-multi-energy-ct-acquisition": {},
  "multi-resolution-pyramid": {},
  "microscope-slide-layer-tile-organization": {},
  "variable-modality-lut": {},
};
const MACRO_SUPPLEMENT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // C.7.6.16.2.2, .5, .6
  "frame-content": { "0020911100189074": "1C", "0020911100189151": "1C" },
  "referenced-image": { "00081140": "2" },
  "derivation-image": { "0008912400082112": "2" },
};
/** Shared and Per-frame Functional Groups Sequence, in which the macros stand. */
const PER_FRAME = "52009230";
const SHARED = "52009229";

/** IOD-specific multi-frame modules add macros to the general one and no attributes of their own. */
const plainModule = (id: string): string =>
  /-multi-frame-functional-groups$/.test(id) ? "multi-frame-functional-groups" : id;

/** `path=type …` of one module or macro for the attributes wanted; undefined when the sources lack it. */
function typesOf(
  source: ModuleTable,
  supplements: Readonly<Record<string, Readonly<Record<string, string>>>>,
  id: string,
  wanted: ReadonlySet<string>,
  prefixes: readonly string[],
): string | undefined {
  const given = source[id]?.attributes.map((row) => {
    const path = row.path.slice(row.path.indexOf(":") + 1);
    return [path.replaceAll(":", "").toUpperCase(), row.type] as const;
  });
  const byHand = supplements[id] && Object.entries(supplements[id]);
  if (!given && !byHand) return undefined;
  const rows = [...(given ?? []), ...(byHand ?? [])];
  const kept = rows.filter(([path, type]) => {
    const tag = path.slice(-8);
    return wanted.has(tag) && type !== "None" && CODE_MACRO[tag] !== type;
  });
  return [...new Set(prefixes.flatMap((prefix) => kept.map(([path, type]) => `${prefix}${path}=${type}`)))]
    .sort()
    .join(" ");
}

export function attributeTypeContent(
  e11: readonly E11Row[],
  source: ModuleTable,
  ciods: readonly Ciod[],
  ciodModules: readonly CiodModule[],
  ciodMacros: readonly CiodMacro[],
): string {
  const typed = e11.filter((row) => row.basicProfile !== "U");
  const wanted = new Set(typed.map((row) => row.id.toUpperCase()));
  const lines = new Map<string, number>();
  const lineOf = (text: string): number => {
    if (!lines.has(text)) lines.set(text, lines.size);
    return lines.get(text)!;
  };
  const iods = ciods.map(({ id, name }) => {
    const modules = ciodModules
      .filter((row) => row.ciodId === id)
      .map((row) => typesOf(source, MODULE_SUPPLEMENT, plainModule(row.moduleId), wanted, [""]));
    const macros = ciodMacros
      .filter((row) => row.ciodId === id)
      .map((row) => typesOf(source, MACRO_SUPPLEMENT, row.macroId, wanted, [SHARED, PER_FRAME]));
    const texts = [...modules, ...macros].filter((text): text is string => Boolean(text));
    const numbers = [...new Set(texts.map(lineOf))].sort((a, b) => a - b);
    return `${name}|${numbers.join(" ")}|${modules.includes(undefined) ? "!" : ""}`;
  });
  const macroTypes = Object.entries(CODE_MACRO).map(([tag, type]) => `${tag}=${type}`);
  return [macroTypes.join(" "), [...lines.keys()].join("\n"), iods.join("\n")].join("\n\n");
}
