/** Capitals, digits and a few signs, 5 × 7: one string a glyph, one hexadecimal pair a row, low bit right. */
const GLYPHS: Readonly<Record<string, string>> = {
  A: "0E11111F111111", B: "1E11111E11111E", C: "0E11101010110E", D: "1E11111111111E", E: "1F10101E10101F",
  F: "1F10101E101010", G: "0E11101713110F", H: "1111111F111111", I: "0E04040404040E", J: "0702020202120C",
  K: "11121418141211", L: "1010101010101F", M: "111B1515111111", N: "11191513111111", O: "0E11111111110E",
  P: "1E11111E101010", Q: "0E11111115120D", R: "1E11111E141211", S: "0F10100E01011E", T: "1F040404040404",
  U: "1111111111110E", V: "11111111110A04", W: "11111115151B11", X: "11110A040A1111", Y: "11110A04040404",
  Z: "1F01020408101F", "0": "0E11131519110E", "1": "040C040404040E", "2": "0E11010204081F", "3": "1F02040201110E",
  "4": "02060A121F0202", "5": "1F101E0101110E", "6": "0608101E11110E", "7": "1F010204080808", "8": "0E11110E11110E",
  "9": "0E11110F01020C", "-": "0000001F000000", ".": "00000000000C0C", ":": "000C0C000C0C00", "/": "01010204081010",
  " ": "00000000000000",
}; // biome-ignore format: a table

/** Writes text into 8-bit pixels, white, `scale` pixels a dot; what lies outside is cut off. */
export function burnIn(
  pixels: Uint8Array,
  columns: number,
  text: string,
  at: { readonly x: number; readonly y: number; readonly scale: number },
): void {
  const rows = pixels.length / columns;
  [...text.toUpperCase()].forEach((letter, index) => {
    const glyph = GLYPHS[letter] ?? GLYPHS[" "]!;
    for (let dot = 0; dot < 35; dot++) {
      const line = Number.parseInt(glyph.slice(2 * Math.floor(dot / 5), 2 * Math.floor(dot / 5) + 2), 16);
      if ((line & (16 >> (dot % 5))) === 0) continue;
      for (let part = 0; part < at.scale * at.scale; part++) {
        const x = at.x + (index * 6 + (dot % 5)) * at.scale + (part % at.scale);
        const y = at.y + Math.floor(dot / 5) * at.scale + Math.floor(part / at.scale);
        if (x < columns && y < rows) pixels[y * columns + x] = 255;
      }
    }
  });
}
