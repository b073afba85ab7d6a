import { isPlain, isVocabulary, Word } from "./lexicon.js";
import type { Finding } from "./types.js";
import { gapBefore, type Token, type View } from "./view.js";

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));
/** Street types that are nothing else. */
const STREETS = set(
  "street avenue ave road rd boulevard blvd lane highway hwy parkway pkwy turnpike crescent terrace",
);
/** Street types that are also modalities, titles or words: the name before them must be no clinical word. */
const SHORT_STREETS = set(
  "st dr ct ln pl way drive court place square sq circle cir close row mews loop trail alley hill grove gardens",
);
const FRENCH = set(
  "rue avenue boulevard bd impasse chemin quai allee route place calle avenida plaza paseo viale piazza corso rua",
);
const GERMAN =
  /(?:stra(?:ss|ß)e|strasse|str|weg|platz|allee|gasse|steig|ufer|straat|laan|plein|gracht|kade|vej|gatan|vagen)$/;
/** "Atemweg", "Rekonstr.": German words that end like a street. */
const NO_STREET =
  /(?:(?:atem|harn|gallen|luft|um|leit)weg|(?:kon|regi|men|demon|admini|illu|ab)str|dekade|implantatplatz|messplatz|arbeitsplatz)$/;
const STATES = set(
  "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr",
);
/** UK post towns' letters; those that read like a modality or sequence (CT, SE, PA, TR …) only behind an address. */
const UK_AREAS = set(
  "ab al ba bb bd bh bl bn br bs ca cb cf ch cm co cr cv cw da dd de dg dh dl dn dy ec eh en ex fk fy gl gu gy ha hd hg hp hr hs hu hx ig im iv je ka kt kw ky la ld le ln lu me mk ml nr nw ol ox pe ph pl po rg rh rm sa sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tw ub wa wc wd wf wn wr ws wv yo ze bt",
);
const UK_POSTCODE =
  /(?<![0-9A-Za-z])([A-Z]{1,2})[0-9][0-9A-Z]? [0-9](?!ST|ND|RD|TH)[ABD-HJLNP-UW-Z]{2}(?![0-9A-Za-z])/g;
const PO_BOX =
  /(?<![A-Za-z])(?:p\.? ?o\.? ?box|postfach|bo[iî]te postale|apartado) ?:?#? ?[0-9][0-9 ]{0,9}/gi;

/** Street addresses, postcodes, institutions, rooms and the owners of devices. */
export function findPlaces(view: View): Finding[] {
  const out: Finding[] = [];
  const digits = /[0-9]/.test(view.text);
  for (let i = 0; i < view.tokens.length; i++) {
    const token = view.tokens[i]!;
    const end =
      (digits ? (street(view, i) ?? room(view, i) ?? cityZip(view, i)) : undefined) ?? institution(view, i);
    if (end === undefined) {
      const device = deviceOwner(view, i);
      if (device !== undefined) out.push(device);
      continue;
    }
    out.push({ kind: end.kind, start: view.tokens[end.from ?? i]!.start, end: view.tokens[end.to]!.end });
    i = Math.max(i, end.to);
    if (token.end > view.tokens[end.to]!.end) break;
  }
  if (digits) {
    const addresses = out.filter((f) => f.kind === "address").map((f) => f.end);
    let next = 0;
    for (const match of view.text.matchAll(UK_POSTCODE)) {
      const area = match[1]!.toLowerCase();
      while (addresses[next] !== undefined && addresses[next]! <= match.index) next++;
      const addressed = next > 0 && match.index - addresses[next - 1]! < 40;
      if ((area.length === 2 && UK_AREAS.has(area)) || addressed) out.push(of(match, "address"));
    }
    for (const match of view.text.matchAll(PO_BOX)) out.push(of(match, "address"));
  }
  return out;
}

function of(match: RegExpExecArray, kind: Finding["kind"]): Finding {
  return { kind, start: match.index, end: match.index + match[0].length };
}

interface Stretch {
  readonly kind: Finding["kind"];
  readonly from?: number;
  readonly to: number;
}

const WORD_GAP = /^(?:[ \t]{1,2}|\. ?|[-'’]|, ?)$/;

/** "123 Main St, Springfield, IL 62704", "Hauptstraße 12, 80331 München", "12 rue de la Paix, 75002 Paris". */
function street(view: View, i: number): Stretch | undefined {
  const last = numberFirst(view, i) ?? french(view, i) ?? german(view, i);
  if (last === undefined) return undefined;
  // "12 rue …", "12 bis, rue …": the house number stands before the word that told us
  const number = view.tokens[i - 1];
  const from =
    number?.digits === true && FRENCH.has(view.tokens[i]!.folded) && /^,? $/.test(gapBefore(view, i))
      ? i - 1
      : i;
  return { kind: "address", from, to: withCity(view, last) };
}

function numberFirst(view: View, i: number): number | undefined {
  const number = view.tokens[i]!;
  if (
    !number.digits ||
    number.folded.length > 5 ||
    /[.,\d]$/.test(view.text.slice(Math.max(0, number.start - 1), number.start))
  )
    return undefined;
  let named = false;
  for (let k = i + 1; k <= i + 5; k++) {
    const token = view.tokens[k];
    const gap = gapBefore(view, k);
    if (token === undefined) return undefined;
    if (gap === "" && k === i + 1 && token.folded.length === 1 && !token.digits) continue;
    if (!/^(?: {1,2}|\. ?|-|'|, )$/.test(gap)) return undefined;
    const type = STREETS.has(token.folded) ? "long" : SHORT_STREETS.has(token.folded) ? "short" : undefined;
    if (type !== undefined && k > i + 1 && (type === "long" ? true : named) && token.shape !== "lower")
      return k;
    const ordinal = gapBefore(view, k + 1) === "" && /^(st|nd|rd|th)$/.test(view.tokens[k + 1]?.folded ?? "");
    if (token.digits && !ordinal) return undefined;
    if (!token.digits && token.shape === "lower" && !/^(st|nd|rd|th|of|the|de|la)$/.test(token.folded))
      return undefined;
    // The word before the type decides: "12 Rose Ct" is a street, "2 white matter CT" is not
    named = isStreetName(view, k, k + 1);
    if (
      !token.digits &&
      /^(view|views|phase|mm|cm|hu|ml|cc|mg|kg|gy|mgy|kv|kvp|ma|mas|hz|mhz|ms|sec|min|mci|mbq|pct|deg|degrees|images|slices)$/.test(
        token.folded,
      )
    )
      return undefined;
  }
  return undefined;
}

function isStreetName(view: View, k: number, type: number): boolean {
  const { flags } = view.tokens[k]!;
  const plain = (flags & (Word.clinical | Word.function)) !== 0;
  if (!plain || (flags & Word.surname) !== 0) return true;
  return view.tokens[type]?.folded === "st" && (flags & Word.english) !== 0;
}

function french(view: View, i: number): number | undefined {
  const token = view.tokens[i]!;
  if (!FRENCH.has(token.folded) || token.folded === "place" || token.folded === "route") return undefined;
  let last: number | undefined;
  for (let k = i + 1; k <= i + 6 && WORD_GAP.test(gapBefore(view, k)); k++) {
    const next = view.tokens[k]!;
    if (next.digits) {
      if (last !== undefined && next.folded.length <= 4) last = k;
      break;
    }
    if (next.shape !== "lower" || /^[dl]$/.test(next.folded)) last = k;
    else if (!/^(de|du|des|la|le|les|del|los|di|della|do|da|dos)$/.test(next.folded)) break;
  }
  if (last === undefined) return undefined;
  const numbered = view.tokens[i - 1]?.digits === true || view.tokens[last]!.digits;
  return numbered && !view.tokens.slice(i + 1, last + 1).every((t) => isPlain(t.flags)) ? last : undefined;
}

function german(view: View, i: number): number | undefined {
  const token = view.tokens[i]!;
  if (token.digits || token.folded.length < 6 || !GERMAN.test(token.folded) || isVocabulary(token.folded))
    return undefined;
  if (token.shape === "lower" || NO_STREET.test(token.folded)) return undefined;
  const number = view.tokens[i + 1];
  if (number?.digits !== true || number.folded.length > 4 || !/^\.? {1,2}$|^\.$/.test(gapBefore(view, i + 1)))
    return undefined;
  const letter = view.tokens[i + 2];
  return letter !== undefined && letter.start === number.end && letter.folded.length === 1 ? i + 2 : i + 1;
}

/** Grows an address over "Apt 4", the town, the state and the postcode behind it. */
function withCity(view: View, last: number): number {
  let end = last;
  for (let k = last + 1; k < view.tokens.length && k <= last + 12; k++) {
    const token = view.tokens[k]!;
    const gap = gapBefore(view, k);
    if (!/^[ ,.#\n\r-]{0,4}$/.test(gap) || gap === " - ") break;
    if (
      /^(apt|apartment|suite|ste|unit|floor|fl|room|rm|bldg|building|no|nr)$/.test(token.folded) &&
      (view.tokens[k + 1]?.digits === true || view.tokens[k + 1]?.folded.length === 1)
    )
      end = ++k;
    else if (isState(view, k - 1) && token.digits) {
      // An American address ends with its postcode
      const four = view.tokens[k + 1];
      return four?.digits === true && gapBefore(view, k + 1) === "-" ? k + 1 : k;
    } else if (token.digits ? token.folded.length >= 4 || gap === "-" : isTownWord(view, k, gap)) end = k;
    else break;
  }
  return end;
}

function isState(view: View, k: number): boolean {
  const token = view.tokens[k]!;
  return STATES.has(token.folded) && token.shape === "upper" && token.folded.length === 2;
}

function isTownWord(view: View, k: number, gap: string): boolean {
  const token = view.tokens[k]!;
  if (STATES.has(token.folded) && token.shape === "upper" && view.tokens[k + 1]?.digits === true) return true;
  if (token.shape === "lower" || token.shape === "none" || token.folded.length < 2) return false;
  const next = view.tokens[k + 1];
  const ends = next === undefined || next.digits || STATES.has(next.folded);
  const town = !isVocabulary(token.folded) || ((token.flags & Word.ordinary) !== 0 && ends);
  // "… Street CT chest": without a comma a vocabulary word starts the rest of the text
  return town || (/,/.test(gap) && view.tokens[k + 1]?.digits === true);
}

/** "Springfield, IL 62704-1234", "80331 München" only with "D-". */
function cityZip(view: View, i: number): Stretch | undefined {
  const [state, zip] = [view.tokens[i]!, view.tokens[i + 1]];
  if (
    state.shape === "upper" &&
    STATES.has(state.folded) &&
    state.folded.length === 2 &&
    zip?.digits === true &&
    zip.folded.length === 5 &&
    gapBefore(view, i + 1) === " "
  ) {
    const town = view.tokens[i - 1];
    if (
      town !== undefined &&
      town.shape !== "lower" &&
      !town.digits &&
      /^,? $/.test(gapBefore(view, i)) &&
      !isPlain(town.flags)
    ) {
      const four = view.tokens[i + 2];
      const plus = four?.digits === true && four.folded.length === 4 && gapBefore(view, i + 2) === "-";
      return { kind: "address", from: i - 1, to: plus ? i + 2 : i + 1 };
    }
  }
  return POSTCODE_CUES.has(state.folded) &&
    zip?.digits === true &&
    zip.folded.length >= 4 &&
    zip.folded.length < 7
    ? { kind: "address", from: i + 1, to: i + 1 }
    : undefined;
}

/** "Room 312", "Ward 4B", "Zimmer 12": two digits or a letter; "CT room 2" is a scanner. */
function room(view: View, i: number): Stretch | undefined {
  const { folded, shape } = view.tokens[i]!;
  if (!ROOMS.has(folded)) return undefined;
  // "nodal station 4R" is anatomy; the German ward is written with a capital
  if (folded === "station" && shape === "lower") return undefined;
  const number = view.tokens[i + 1];
  if (number?.digits !== true || !/^[ :#.]{1,3}$/.test(gapBefore(view, i + 1))) return undefined;
  const letter = view.tokens[i + 2];
  const glued = letter !== undefined && letter.folded.length === 1 && /^-?$/.test(gapBefore(view, i + 2));
  if (number.folded.length < 2 && !glued) return undefined;
  const last = glued ? i + 2 : i + 1;
  const bed =
    view.tokens[last + 1]?.folded === "bed" && view.tokens[last + 2]?.digits === true ? last + 2 : last;
  return { kind: "location", from: i + 1, to: bed };
}

const ROOMS = set("room rm ward zimmer station bett chambre kamer");
const POSTCODE_CUES = set("zip zipcode postcode plz postal");
const INSTITUTIONS = set(
  "hospital hospitals clinic clinics klinik kliniken klinikum krankenhaus spital hopital hospice infirmary university universitat universitatsklinikum universite universidad medizentrum ziekenhuis ospedale policlinico sanatorium clinica clinique healthcare",
);
/** "Springfield Radiology Institute": a field of medicine and a kind of house, behind a proper name. */
const FIELDS = set(
  "medical radiology radiological imaging diagnostic diagnostics cancer heart oncology cardiology orthopedic orthopaedic surgical surgery neurology spine eye womens rehabilitation mri pet",
);
const HOUSES = set(
  "center centre group institute institut associates partners practice clinic clinics hospital centers centres",
);
const OF = set(
  "of de du des der di del la the san st saint und and general memorial regional university medical community county city state childrens children national royal center centre health system",
);
const MAX_NAME = 5;

/** "St. Mary's Hospital", "Springfield Medical Center", "Klinikum Musterstadt": a kind of house with a proper name. */
function institution(view: View, i: number): Stretch | undefined {
  const token = view.tokens[i]!;
  const centre = FIELDS.has(token.folded) && HOUSES.has(view.tokens[i + 1]?.folded ?? "");
  if (!centre && !INSTITUTIONS.has(token.folded)) return undefined;
  const last = centre ? i + 1 : i;
  const before = properWords(view, i, -1);
  if (before.proper) return { kind: "institution", from: before.edge, to: last };
  if (centre) return undefined;
  const after = properWords(view, last, 1);
  return after.proper && token.shape !== "lower"
    ? { kind: "institution", from: before.edge, to: after.edge }
    : undefined;
}

function properWords(view: View, i: number, step: 1 | -1): { proper: boolean; edge: number } {
  let edge = i;
  let proper = false;
  for (let k = i + step; view.tokens[k] !== undefined && Math.abs(k - i) <= MAX_NAME; k += step) {
    const token = view.tokens[k]!;
    const gap = gapBefore(view, step === 1 ? k : k + 1);
    if (!/^(?: |\. ?|['’-]|, ?)$/.test(gap) || token.digits) break;
    if (gap.startsWith(",") || (gap.startsWith(".") && token.folded.length > 3)) break;
    const name = isProper(token);
    if (name) [proper, edge] = [true, k];
    else if (token.folded === "s" || (OF.has(token.folded) && (token.shape !== "lower" || step === 1))) {
      if (token.shape !== "lower") edge = k;
    } else break;
  }
  return { proper, edge };
}

function isProper(token: Token): boolean {
  if (token.shape !== "title" && token.shape !== "upper") return false;
  if (OF.has(token.folded) || token.folded.length < 3) return false;
  return (
    !isVocabulary(token.folded) ||
    ((token.flags & (Word.given | Word.surname)) !== 0 && (token.flags & Word.ordinary) === 0)
  );
}

/** "John's iPhone": the owner, not the device. */
function deviceOwner(view: View, i: number): Finding | undefined {
  const owner = view.tokens[i]!;
  if (owner.digits || view.tokens[i + 1]?.folded !== "s" || !/^['’]$/.test(gapBefore(view, i + 1)))
    return undefined;
  const next = view.tokens[i + 2];
  // "iPhone" and "MacBook" are two tokens: i + Phone
  const device = next === undefined ? "" : squashedAfter(view, i + 2);
  if (
    !/^(iphone|ipad|imac|macbook|laptop|pc|computer|workstation|phone|galaxy|tablet|notebook|surface)/.test(
      device,
    )
  )
    return undefined;
  if (isPlain(owner.flags) && (owner.flags & (Word.given | Word.surname)) === 0) return undefined;
  return { kind: "device", start: owner.start, end: view.tokens[i + 1]!.end };
}

function squashedAfter(view: View, i: number): string {
  const first = view.tokens[i]!.folded;
  return gapBefore(view, i + 1) === "" ? first + (view.tokens[i + 1]?.folded ?? "") : first;
}
