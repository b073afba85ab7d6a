/** PS3.6 keywords are their names in upper camel case, nearly always; the generated dictionary keeps the exceptions. */
export function keywordOfName(name: string): string {
  return name
    .replace(/['’]s\b/g, "")
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
