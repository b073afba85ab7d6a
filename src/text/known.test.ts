import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/index.js";
import { cleanText, compileIdentifiers, containsKnown, type KnownIdentifiers } from "./index.js";
import { wordFlags } from "./lexicon.js";
import { findHits } from "./match.js";
import { SURNAMES } from "./tables/surnames.js";
import { viewOf } from "./view.js";

const NOBODY = compileIdentifiers({ names: [], ids: [], dates: [], other: [] });
const known = (part: Partial<KnownIdentifiers>) =>
  compileIdentifiers({ names: [], ids: [], dates: [], other: [], ...part });
const options = { removeDates: false };

describe("known names", () => {
  const doe = known({ names: ["Zarquon^Ilse^Maria^Dr^Jr"] });
  it.each([
    "ZARQUON^ILSE",
    "Zarquon^Ilse^Maria^Dr^Jr",
    "zarquon_ilse",
    "IlseZarquon",
    "ILSEZARQUON",
    "izarquon",
    "zarquoni",
    "Zarquon, Ilse M.",
    "Ilse M. Zarquon",
    "I. Zarquon",
    "Z A R Q U O N",
    "Zárquon's",
    "ＺＡＲＱＵＯＮ",
    "Zar\u200bquon",
    "zarquon",
    "Zarquon-Ilse",
    "IZ",
    "tech: IMZ",
  ])("removes %j", (form) => {
    const { text } = cleanText(form, doe, options);
    expect(text.replace(/^tech:$/, "")).toBe("");
  });
  it.each([
    ["CT_ZARQUON_CHEST", "CT_CHEST"],
    ["CHEST (Zarquon) PA", "CHEST PA"],
    ["ZARQUON^ILSE CT HEAD 5mm", "CT HEAD 5mm"],
    ["Knee, Zarquon.", "Knee."],
    ["IZ 5 mm", "IZ 5 mm"],
  ])("cuts %j to %j", (from, to) => expect(cleanText(from, doe, options).text).toBe(to));

  it.each([
    ["Müller^Jörg", ["Mueller", "MULLER", "Muller Jorg", "mueller_joerg"]],
    ["Mueller^Uwe", ["Müller", "Muller"]],
    ["O'Brannigan^Pat", ["OBRANNIGAN", "O Brannigan", "O’Brannigan"]],
    ["McQuillan^Jo", ["MCQUILLAN", "McQuillan", "Mc Quillan"]],
    ["Szabóné-Kovalenko^Ana", ["SZABONE", "Kovalenko", "szabonekovalenko"]],
    ["Yamada^Tarou=山田^太郎=やまだ^たろう", ["山田太郎", "山田", "TAROU YAMADA", "患者山田"]],
    ["Hong^Gildong=洪^吉洞=홍^길동", ["홍길동", "洪吉洞", "洪^吉洞"]],
    ["Люкceмбypг^Robert", ["Люкceмбypг", "ЛЮКCEМБYPГ"]],
    ["Wu^Xin", ["Wu Xin", "WU", "CT WU"]],
    ["MacQuillan^Jo", ["McQuillan", "MCQUILLAN", "Mc Quillan"]],
    ["McQuillan^Jo", ["MacQuillan", "MACQUILLAN JO"]],
    ["Житковецкая^Хана", ["Zhitkovetskaia", "ZHITKOVETSKAYA", "Khana"]],
    ["Zhukovetskaya^Shchorsin", ["Жуковецкая", "ЩОРСИН"]],
    ["Hayashi^Mi=林^美", ["林美", "林 美", "林さん", "林様"]],
    [
      "Zarquon^Ilse",
      ["Zarq\x1b(Xuon", "ZARQ\x1b$)Cuon", "Zarq\x1b uon", "Zar\x01quon", "Ilse\x1b-Q Zarquon"],
    ],
    ["Xoe^Jo", ["X\x1b(Boe", "x\x01o\x02e"]],
  ])("knows %s in other spellings", (name, forms) => {
    for (const form of forms) {
      const left = cleanText(form, known({ names: [name] }), options).text.replace(/^(CT|患者)$/, "");
      expect(left, form).toBe("");
    }
  });
});

describe("names that are words", () => {
  const long = known({ names: ["Long^Mary", "Head^Peter", "Wilson^Tom"] });
  it.each([
    ["Long, Mary", ""],
    ["MARY LONG CHEST", "CHEST"],
    ["LONG", ""],
    ["M. Long", ""],
    ["Mr. Long", "Mr"],
    ["seen with Long.", "seen with."],
    ["WILSON CT ABD", "CT ABD"],
    ["Peter Head", ""],
    ["mlong", ""],
  ])("removes the person in %j", (from, to) => expect(cleanText(from, long, options).text).toBe(to));
  it.each([
    "Long axis",
    "SAX and long axis",
    "CT HEAD W/O",
    "Head Neck",
    "Wilson's disease",
    "WILSON DISEASE LIVER",
    "head long bone",
  ])("keeps the word in %j and reports it", (value) => {
    const result = cleanText(value, long, options);
    expect(result.text).toBe(value);
    expect(result.suspicious.length).toBeGreaterThan(0);
  });
});

describe("known numbers, dates and phrases", () => {
  const all = known({
    ids: ["MRN-0047119", "000815", "77", "A:47,11/99X", "+1 (555) 010-9999", "S1234567D"],
    dates: ["19600131"],
    other: ["12 Oak Street, Quillfield, IL 62704", "Fennimore Memorial Hospital"],
  });
  it.each([
    "MRN0047119",
    "47119",
    "0047119",
    "00047119",
    "mrn 0047119",
    "000815",
    "15550109999",
    "555.010.9999",
    "s1234567d",
    "a:47,11/99x",
    "A 47,11 99X",
    "77",
    "QUILLFIELD",
    "62704",
    "Fennimore",
    "FENNIMORE MEMORIAL HOSPITAL",
    "12 OAK STREET",
    "FMH",
  ])("removes %j", (form) => {
    expect(cleanText(form, all, options).text.replace(/^mrn$/, "")).toBe("");
  });
  it.each(["77 slices", "TR 47119 ms", "Memorial", "hospital"])("keeps %j", (value) =>
    expect(cleanText(value, all, options).text).toBe(value),
  );
  it.each([
    "19600131",
    "1960-01-31",
    "1960/1/31",
    "1960.01.31",
    "31.01.1960",
    "31.1.1960",
    "01/31/1960",
    "31/01/1960",
    "1/31/60",
    "31/01/60",
    "31-01-60",
    "31-Jan-1960",
    "31 January 1960",
    "January 31, 1960",
    "January 31st, 1960",
    "Jan 31 60",
    "31JAN60",
    "31jan1960",
    "310160",
    "600131",
    "31012060".replace("20", "19"),
    "01311960",
    "31. Januar 1960",
    "31 de enero de 1960",
    "31 janvier 1960",
    "1960年1月31日",
    "昭和35年1月31日",
    "S35.1.31",
    "31.I.1960",
    "1960 JAN 31",
    "1960-Jan-31",
    "19600131123000",
    "1960-01-31T12:30:00",
    "１９６００１３１",
  ])("knows the birth date as %j", (form) => {
    expect(cleanText(form, all, options).text).toBe("");
    expect(cleanText(`CT ${form} chest`, all, options).text).toBe("CT chest");
  });
  it("keeps other dates where the profile keeps dates, and removes them where not", () => {
    expect(cleanText("prior of 03/14/2019", all, { removeDates: false }).text).toBe("prior of 03/14/2019");
    expect(cleanText("prior of 03/14/2019", all, { removeDates: true }).text).toBe("prior of");
  });
});

describe("containsKnown", () => {
  const all = known({ names: ["Zarquon^Ilse", "Long^Mary"], ids: ["4711990", "12"], dates: ["19600131"] });
  it.each(["..ZARQUON..", "mary long", "id=4711990;", "\u0000\u000119600131\u0000"])("finds %j", (v) =>
    expect(containsKnown(v, all)).toBe(true),
  );
  it.each(["long axis", "12 slices", "CT 600131", "", "\u0000\u0001"])("passes %j", (v) =>
    expect(containsKnown(v, all)).toBe(false),
  );
});

describe("placeholders", () => {
  it.each(["00000000", "19600000", "19601301", "00010100"])("take %j for nobody's date", (date) => {
    expect(containsKnown("0000000000000000 19600000 19601301", known({ dates: [date] }))).toBe(false);
  });
  it("take an ID of zeros for the whole value only", () => {
    const zeros = known({ ids: ["00000000"] });
    expect(containsKnown("00000000", zeros)).toBe(true);
    expect(cleanText("offset 00000000 mm", zeros, options).text).toBe("offset 00000000 mm");
  });
});

describe("very many names", () => {
  const many = (form: (i: number) => string) =>
    known({ names: Array.from({ length: 3000 }, (_, i) => form(i)) });
  it("find a part that all of them share once at each place", () => {
    const matcher = many((i) => `Xoedel^G${i}`);
    const { findings } = cleanText("xoedel ".repeat(20_000), matcher, { ...options, marker: () => "[x]" });
    expect(findings.length).toBe(20_000);
    expect(findHits(viewOf("xoedel"), matcher).length).toBeLessThan(4);
  });
  it("support a part that is a word by another part of the same name only", () => {
    const matcher = many((i) => (i % 2 === 0 ? `Head^Vorq${"abcde"[i % 5]}` : `Small^Zimt${"abcde"[i % 5]}`));
    expect(cleanText("head vorqa", matcher, options).text).toBe("");
    expect(cleanText("CT head small bowel", matcher, options).text).toBe("CT head small bowel");
  });
  it("take a text that is denser with identifiers than writing can be as one finding", () => {
    const matcher = known({ ids: Array.from({ length: 60 }, (_, i) => "1".repeat(i + 8)) });
    const { findings } = cleanText("1".repeat(15_000), matcher, options);
    expect(findings).toEqual([{ kind: "id", start: 0, end: 15_000 }]);
  });
  it("cut an ID that is longer than any pattern into pieces, and lose none", () => {
    const id = Array.from({ length: 400 }, (_, i) => (i * 7919).toString(36)).join("");
    expect(cleanText(`see ${id} now`, known({ ids: [id] }), options).text).toBe("see now");
  });
});

describe("attack: identifiers planted in descriptors", () => {
  const surnames = SURNAMES.trim()
    .split(/\s+/)
    .filter((s) => s.length > 2 && wordFlags(s) < 32);
  const syllables = "ba zor qui len mak tir pel vun dra shi kor nex lo mi".split(" ");
  const random = seededRandom(20261120);
  const int = (n: number): number => Math.floor(random() * n);
  const invented = (): string => Array.from({ length: 3 }, () => syllables[int(syllables.length)]).join("");
  const frames = [
    "CT CHEST # 5mm",
    "# MRI BRAIN",
    "AX_T2_#",
    "Knee (#) lateral",
    "follow-up for # in 6 weeks",
    "#",
    "XR #,HAND",
    "T1#".replace("1", "1 "),
  ];
  const capital = (s: string): string => s.slice(0, 1).toUpperCase() + s.slice(1);
  const cases = Array.from({ length: 1500 }, (_, i) => {
    const family = i % 2 === 0 ? surnames[int(surnames.length)]! : invented();
    const given = invented();
    const id = `${1_000_000 + int(8_000_000)}`;
    const forms = [
      `${capital(family)}^${capital(given)}`,
      `${given} ${family}`.toUpperCase(),
      capital(family),
      `${family}_${given}`,
      `${capital(given)}${capital(family)}`,
      `${capital(family)}, ${given.slice(0, 1).toUpperCase()}.`,
      id,
      `ID ${id.slice(0, 3)}-${id.slice(3)}`,
    ];
    return { family, given, id, value: frames[int(frames.length)]!.replace("#", forms[int(forms.length)]!) };
  });
  const survives = (text: string, c: (typeof cases)[number]): boolean => {
    const squashed = text.toLowerCase().replace(/[^a-z0-9]/g, "");
    return squashed.includes(c.family) || squashed.includes(c.given) || squashed.includes(c.id);
  };
  it("leaves none of 1,500 with matching on", () => {
    const left = cases.filter((c) =>
      survives(
        cleanText(c.value, known({ names: [`${c.family}^${c.given}`], ids: [c.id] }), options).text,
        c,
      ),
    );
    expect(left.map((c) => c.value)).toEqual([]);
  });
  it("leaves most of them with matching off", () => {
    const left = cases.filter((c) =>
      survives(cleanText(c.value, NOBODY, { ...options, dictionary: "off" }).text, c),
    );
    expect(left.length).toBeGreaterThan(cases.length * 0.7);
  });
  it("keeps every other word of the descriptor", () => {
    for (const c of cases) {
      const { text } = cleanText(c.value, known({ names: [`${c.family}^${c.given}`], ids: [c.id] }), options);
      for (const word of c.value.match(
        /(?<![A-Za-z])(?:CHEST|MRI|BRAIN|AX|T2|Knee|lateral|follow|weeks|XR|HAND|5mm)(?![A-Za-z])/g,
      ) ?? [])
        expect(text, c.value).toContain(word);
    }
  });
});
