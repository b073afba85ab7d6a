/** True under `npm run soak`: the full counts of fuzzing, kills and corpora. */
export const soaking: boolean = process.env.SOAK === "1";

/** How many rounds to run: the seeded slice of `npm test`, or the full count of `npm run soak`. */
export function rounds(usual: number, full: number): number {
  return soaking ? full : usual;
}
