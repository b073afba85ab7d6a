import { isEponym, isNameOnly, isVocabulary } from "./lexicon.js";
import { gapBefore, type Token, type View } from "./view.js";

/** Words before a person's name. Folded, so "née" is "nee" and "Médecin" is "medecin". */
const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Titles. In capitals some are modalities: see AMBIGUOUS_TITLES. */
export const TITLES = set(
  "dr drs prof professor mr mrs ms miss mme mlle mister madame monsieur herr frau hr fr mw dhr sr sra srta senor senora dott dottore dottoressa doctor pr docteur nurse sir lady reverend",
);
/** "MR", "DR", "MS", "SR", "PR", "FR": magnetic resonance, digital radiography, multiple sclerosis, structured report … */
export const AMBIGUOUS_TITLES = set("mr dr ms sr pr fr hr mw doctor nurse lady sir miss");
/** Who did it. With a colon behind, whatever follows is a name. */
export const ROLES = set(
  "physician physicians radiologist radiographer technologist technologists technician tech techs mta mtra operator operators nurse attending resident fellow surgeon sonographer reader reporter referrer author provider clinician consultant registrar cardiologist oncologist neurologist pathologist urologist requester requestor orderer performer observer supervisor transcriptionist dictator user username login logon staff arzt arztin hausarzt zuweiser radiologe untersucher medecin medico radiologo tecnico verwijzer arts manip manipulateur",
);
/** Labels of a name field. They need their colon. */
export const LABELS = set(
  "name names patient pt pat surname firstname lastname forename nachname vorname nom prenom nombre apellido apellidos patientin paziente paciente client subject guardian kin contact initials initialen alias aka by cc attn attention signed signature dictated",
);
/** "read by", "gelesen von": the verb makes "by" a cue. */
export const DONE_BY = set(
  "electronically digitally planned contoured delineated drawn placed collected instructed admitted discharged treated implanted read seen dictated signed performed referred ordered reviewed interpreted transcribed verified approved authored examined requested reported scanned done acquired operated entered created modified edited supervised assisted accompanied injected prepared checked finalized finalised authenticated witnessed administered given cosigned addended discussed spoken communicated called phoned paged notified told informed attended overseen submitted",
);
/** "sister Mary", "husband (Tom)". */
export const RELATIONS = set(
  "sister brother mother father wife husband son daughter aunt uncle spouse partner friend neighbor neighbour caregiver carer grandmother grandfather grandson granddaughter cousin niece nephew mom mum dad guardian ehefrau ehemann tochter sohn mutter vater schwester bruder soeur frere mere pere epouse epoux fille fils hermana hermano madre padre esposa esposo hija hijo",
);
export const BY = set("by with from per von par por da door to");
export const AND = set("and und et y e en or");

/** "page Smith", "contact J. Doe". */
const CALLED = set("page contact notify ask consult");

/** How much the words before a token say that a person's name follows. */
export type CueStrength = "none" | "weak" | "strong";

const CUES = new Set([
  ...CALLED,
  ...TITLES,
  ...ROLES,
  ...LABELS,
  ...RELATIONS,
  ...BY,
  ..."called nee is".split(" "),
]);

const COLON = /^\s{0,3}[:=#]\s{0,8}$/;
const SPACE = /^[\s.,:=()'"-]{1,6}$/;

/** Reads the words before token `i`; a cue reaches over one separator, not over another word. */
export function personCueBefore(view: View, i: number): CueStrength {
  const { tokens } = view;
  const before = tokens[i - 1];
  if (before === undefined || !CUES.has(before.folded)) return "none";
  const gap = gapBefore(view, i);
  if (COLON.test(gap)) {
    if (isThingsName(view, i - 1)) return "none";
    if (LABELS.has(before.folded) || ROLES.has(before.folded) || TITLES.has(before.folded)) return "strong";
    if (RELATIONS.has(before.folded)) return "strong";
    // "Operators' Name:", "Referring Physician Name =" end in a label, caught above
    return "none";
  }
  if (!SPACE.test(gap) || (gap.includes("\n") && !gap.includes(":"))) return "none";
  if (isTitle(view, i - 1, gap)) return "strong";
  if (before.folded === "is")
    return view.tokens[i - 2]?.folded === "name" && !isThingsName(view, i - 2) ? "strong" : "none";
  if (BY.has(before.folded)) {
    const verb = tokens[beforeMoment(view, i - 2)];
    if (verb !== undefined && /^\s{1,3}$/.test(gapBefore(view, i - 1))) {
      if (DONE_BY.has(verb.folded)) return "strong";
      // "arrived by ambulance": with any other verb a name has its capital
      const { shape, flags } = tokens[i]!;
      const done =
        isDone(verb.folded, before.folded) || (before.folded === "by" && WRITINGS.has(verb.folded));
      if (done && (shape !== "lower" || isNameOnly(flags) || isUnknownPair(view, i))) return "strong";
    }
    return before.folded === "by" || before.folded === "per" ? "weak" : "none";
  }
  if (CALLED.has(before.folded)) return "strong";
  if (ROLES.has(before.folded) || RELATIONS.has(before.folded)) return "weak";
  if (/^(patient|pt|pat|patientin|name|named|called|nee|aka|alias)$/.test(before.folded)) return "weak";
  return "none";
}

/** Index of the word before a date or time that ends at token `k`: "Injected 03.05.2021 14:30 by". */
function beforeMoment(view: View, k: number): number {
  let at = k;
  while (at > 0 && at > k - 8 && (view.tokens[at]!.digits || MOMENT.has(view.tokens[at]!.folded))) at--;
  return at;
}

const MOMENT = set(
  "on at am pm h hrs hours uhr st nd rd th jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september october november december",
);

/** "planned by", "contoured by": with "by" any participle will do, but those that pathology does. */
function isDone(verb: string, by: string): boolean {
  return by === "by" && /[a-z]{2}(?:ed|wn|ne)$/.test(verb) && !CAUSED.has(verb);
}

/** "Addendum by", "report by". */
const WRITINGS = set(
  "addendum report note notes review reading interpretation opinion comment comments dictation transcription order request referral exam examination study scan consult consultation approval verification signature impression correction amendment protocol contour contours segmentation annotation annotations measurement measurements entry call visit procedure biopsy injection planning history findings",
);

/** Two words in lower case that are names or that no table knows, one after the other: a name typed in haste. */
function isUnknownPair(view: View, i: number): boolean {
  return gapBefore(view, i + 1) === " " && mayBeName(view.tokens[i]) && mayBeName(view.tokens[i + 1]);
}

function mayBeName(token: Token | undefined): boolean {
  if (token === undefined || token.digits || token.folded.length < 4) return false;
  return (
    isNameOnly(token.flags) || isEponym(token.flags) || (token.flags === 0 && !isVocabulary(token.folded))
  );
}

const CAUSED = set(
  "caused affected followed limited obscured degraded compressed displaced replaced surrounded supplied drained complicated characterized characterised confirmed increased decreased reduced enlarged narrowed separated divided multiplied bounded covered filled infiltrated invaded involved encased produced explained suggested indicated supported motivated mediated triggered induced determined guided crossed shadowed shown done gone",
);

const THINGS = set(
  "series protocol sequence study file device coil model scan station group organ structure roi region drug agent contrast software product program image frame product technique workflow procedure test tool class type column machine brand trade generic host server",
);

/** "Protocol name: …", "Sequence name = …": what is named is no person. */
function isThingsName(view: View, i: number): boolean {
  const thing = view.tokens[i - 1];
  return /^names?$/.test(view.tokens[i]!.folded) && thing !== undefined && THINGS.has(thing.folded);
}

/** "Dr. Smith", "DR SMITH" only if it is no modality ("DR CHEST" is settled by the word that follows). */
function isTitle(view: View, i: number, gap: string): boolean {
  const token = view.tokens[i]!;
  if (!TITLES.has(token.folded)) return false;
  // "T2 fr", "3.Dr": a title begins a word of its own
  if (i > 0 && view.tokens[i - 1]!.end === token.start) return false;
  return gap.length > 0;
}

/** True where a title is written so that it may as well be a modality or an acronym. */
export function isAmbiguousTitle(token: Token, gap: string): boolean {
  return AMBIGUOUS_TITLES.has(token.folded) && token.shape !== "title" && !gap.includes(".");
}

const STRONG_ID = set(
  "mrn mrns accession acct account ssn patientid patid pid uhid hkid passport licence license nhs mbi hicn insurance policy subscriber beneficiary medicare medicaid versichertennummer versicherungsnummer krankenkasse aktenzeichen fallnummer patientennummer patnr pnr bsn iban imei csn empi nino rrn aadhaar curp",
);
const WEAK_ID = set(
  "id ids acc no nr num number ref case order req requisition visit admission episode file record hosp hospital serial sn code study exam pat patient pt fall nummer numero card member nir cpr fin har emr ehr chart encounter client lic",
);
const ID_JOIN = /^[\s#:=.\-_/]{0,6}$/;

/** True for a word that may announce an identifier. */
export function isIdCue(folded: string): boolean {
  return STRONG_ID.has(folded) || WEAK_ID.has(folded) || folded === "mr" || folded === "ss";
}

/** "MRN changed from 123456 to 654321", "MRN was 123456": words between a strong cue and its number. */
const BETWEEN = set(
  "is was were are changed from to merged into with old new former formerly previously now now given and",
);

/** True when a strong cue stands up to five words before token `i`, and words that lead from it to a number between. */
export function idCueReaches(view: View, i: number): boolean {
  for (let k = i - 1; k >= 0 && k >= i - 6; k--) {
    const gap = gapBefore(view, k + 1);
    if (!/^[ :,#]{1,3}$/.test(gap)) return false;
    const { folded, digits } = view.tokens[k]!;
    if (STRONG_ID.has(folded)) return k < i - 1;
    if (!BETWEEN.has(folded) && !digits) return false;
  }
  return false;
}

/** "Image no: 12", "Slice nr. 15": numbers of the acquisition. */
const COUNTED = set(
  "image images series slice slices frame frames phase acq acquisition echo scan view page run bed lesion nodule level segment instance station coil channel detector tube slab stack volume of bolus",
);

const NUMBERED = set("no nr num number nummer numero id ids code ref record file case order study exam acc");

/**
 * Cue of an identifier before token `i`: strong for names of numbers ("MRN", "Patient ID"), weak for words such as
 * "no" and "case", which need a long number.
 */
export function idCueBefore(view: View, i: number): CueStrength {
  const { tokens } = view;
  const nearest = tokens[i - 1]?.folded ?? "";
  if (!isIdCue(nearest)) return "none";
  let weak = 0;
  for (let k = i - 1; k >= 0 && k >= i - 3; k--) {
    const gap = gapBefore(view, k + 1);
    const { folded } = tokens[k]!;
    if (!ID_JOIN.test(gap) || gap.includes("\n")) break;
    if (STRONG_ID.has(folded) || (/^(mr|ss)$/.test(folded) && gap.includes("#"))) return "strong";
    if (COUNTED.has(folded) && NUMBERED.has(nearest)) return "none";
    if (/^(medical|med)$/.test(folded) && /^(rec|record|records)$/.test(tokens[k + 1]!.folded))
      return "strong";
    if (!WEAK_ID.has(folded)) break;
    // "Patient ID", "Pat.-Nr.", "case no" are two weak words in a row; "ID:" says it alone
    if (++weak > 1 || (/^ids?$/.test(folded) && /[#:=]/.test(gap))) return "strong";
  }
  return weak > 0 ? "weak" : "none";
}
