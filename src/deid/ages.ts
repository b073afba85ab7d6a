/** Years from which on ages are one: 45 CFR 164.514(b)(2)(i)(C). */
export const OLDEST_AGE = 90;

/** Words and codes of units of time by their length in years: UCUM, SNOMED CT, and what people write. */
const UNITS: readonly (readonly [years: number, names: string])[] = [
  [1, "a a_j a_t a_g y yr yrs year years yo 258707000 jahr jahre an ans ano anos jaar"],
  [1 / 12, "mo mo_j mo_s mo_g m mon mos mth mths month months 258706009 monat monate mois mes meses"],
  [1 / 52.18, "wk w wks week weeks 258705008 woche wochen semaine semaines semana semanas"],
  [1 / 365.25, "d day days 258703001 tag tage jour jours dia dias"],
  [1 / 8766, "h hr hrs hour hours 258702006"],
  [1 / 525_960, "min mins minute minutes 258701004"],
  [1 / 31_557_600, "s sec secs second seconds 257997001"],
];
const YEARS = new Map(
  UNITS.flatMap(([years, names]) => names.split(" ").map((name) => [name, years] as const)),
);

/** "10.a", "10*2.d": a multiple of a unit (UCUM 2.2). */
const MULTIPLE = /^(?:10\*(\d{1,2})|(\d+(?:\.\d+)?))?[.*]?([a-z_]+|\d{9})$/;

/** Years in a unit, by its code or else by its meaning; 1 where neither tells one, so that no age is taken for less. */
export function yearsPerUnit(code: string, meaning: string): number {
  for (const text of [code, meaning]) {
    const match = MULTIPLE.exec(text.trim().toLowerCase());
    const years = match && YEARS.get(match[3]!);
    if (years) return years * (match[1] ? 10 ** Number(match[1]) : Number(match[2] ?? 1));
  }
  return 1;
}

/** "97", "97 years", "1164 months old", "097Y". */
const SPOKEN = /^\s*(\d{1,6}(?:[.,]\d{1,6})?)\s*(?:([a-z]+)\.?)?(?:[ -]old)?\s*$/i;

/** A text that is an age and nothing else: 90 years where it is more, itself where less; null for any other text. */
export function ageInText(text: string): string | null {
  const match = SPOKEN.exec(text);
  const years = match && (match[2] === undefined ? 1 : YEARS.get(match[2].toLowerCase()));
  if (!match || !years) return null;
  return Number(match[1]!.replace(",", ".")) * years >= OLDEST_AGE ? `${OLDEST_AGE} years` : text;
}
