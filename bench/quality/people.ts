import { pick, type Random, randomInt } from "../../src/base/index.js";

/** Where a name comes from: the difficulty of finding it in text that does not say that it is one. */
export type NamePool = "common" | "word" | "outside" | "held-out cultures";

/** Somebody who never lived. `family` and `given` in Latin letters, `native` in the script of the culture. */
export interface Person {
  readonly pool: NamePool;
  readonly family: string;
  readonly given: string;
  readonly middle: string;
  /** Component group 2 and 3 of a PN, without `=`; "" where the culture writes in Latin letters. */
  readonly native: string;
  /** Specific Character Set that can write all of it; [] for ASCII. */
  readonly characterSet: readonly string[];
}

interface Culture {
  readonly characterSet: readonly string[];
  readonly family: readonly string[];
  readonly given: readonly string[];
  /** "family^given" in native script, chosen along with `family` and `given` by index. */
  readonly native?: readonly string[];
}

const words = (text: string) => text.trim().split(/\s+/);
const LATIN1 = ["ISO_IR 100"];
const UTF8 = ["ISO_IR 192"];

/** Frequent names of many cultures. Native forms stand at the index of their romanised ones. */
const COMMON: readonly Culture[] = [
  {
    characterSet: [],
    family: words(`Smith Johnson Williams Jones Davis Anderson Thompson Robinson Roberts Campbell Mitchell Edwards
      Murphy Sullivan Jackson Washington Henderson Patterson Kowalski Novak`),
    given: words(`James Robert Michael William David Linda Barbara Susan Jessica Karen Margaret Dorothy Kevin
      Brian Deborah Stephanie Nicholas Patricia Kimberly Samantha`),
  },
  {
    characterSet: LATIN1,
    family: words(`García Martínez Rodríguez Hernández López González Pérez Sánchez Fernández Ramírez Müller Schröder
      Schäfer Krüger Lefèvre Bérénger Côté Silva Araújo Gonçalves Jørgensen Åkesson Nyström Väisänen`),
    given: words(`José María Jesús Ángel Lucía Sofía Jürgen Günther Jörg Käthe François Hélène René Zoé João
      Inês Søren Åsa Björn Päivi Ramón Joaquín Benoît Margarida`),
  },
  {
    characterSet: [],
    family: words(`Patel Sharma Gupta Reddy Iyer Banerjee Chatterjee Krishnamurthy Nguyen Tran Pham Okafor Adeyemi
      Mensah Mohammed Hussain Abdullah Rahman Kaya Yilmaz Rossi Esposito Ricci Papadopoulos`),
    given: words(`Priya Rajesh Sanjay Anjali Deepak Lakshmi Venkatesh Thuy Minh Chidi Ngozi Kwame Fatima Ahmed
      Khadija Yusuf Mehmet Ayse Giulia Lorenzo Giovanni Konstantinos Eleni Imran`),
  },
  {
    characterSet: UTF8,
    family: words("Wiśniewski Wójcik Dvořák Černý Horváth Szabó Nguyễn Trần Yıldız Şahin Ionescu Petrović"),
    given: words("Małgorzata Łukasz Jiří Žofie László Erzsébet Đức Phương Işıl Gökhan Ştefan Božidar"),
  },
  {
    characterSet: ["", "ISO 2022 IR 87"],
    family: words("Yamada Suzuki Takahashi Watanabe"),
    given: words("Tarou Hanako Kenji Yumiko"),
    native: ["山田^太郎=やまだ^たろう", "鈴木^花子=すずき^はなこ", "高橋^健二=たかはし^けんじ", "渡辺^由美子=わたなべ^ゆみこ"],
  },
  {
    characterSet: ["", "ISO 2022 IR 149"],
    family: words("Hong Kim Park Choi"),
    given: words("Gildong Minjun Jihye Seoyeon"),
    native: ["洪^吉洞=홍^길동", "金^旻俊=김^민준", "朴^智惠=박^지혜", "崔^瑞姸=최^서연"],
  },
  {
    characterSet: ["GB18030"],
    family: words("Wang Zhang Chen Zhao"),
    given: words("Xiaodong Meiling Jianguo Xiuying"),
    native: ["王^小东", "张^美玲", "陈^建国", "赵^秀英"],
  },
  {
    characterSet: ["ISO_IR 144"],
    family: words("Ivanov Lyuksemburg Kuznetsova Sokolov"),
    given: words("Sergey Tatyana Ekaterina Dmitriy"),
    native: ["Иванов^Сергей", "Люксембург^Татьяна", "Кузнецова^Екатерина", "Соколов^Дмитрий"],
  },
  {
    characterSet: ["ISO_IR 126"],
    family: words("Dionysiou Georgiadis"),
    given: words("Dionysios Vasiliki"),
    native: ["Διονυσίου^Διονύσιος", "Γεωργιάδης^Βασιλική"],
  },
  {
    characterSet: ["ISO_IR 138"],
    family: words("Sharon Mizrahi"),
    given: words("Devorah Yaakov"),
    native: ["שרון^דבורה", "מזרחי^יעקב"],
  },
  {
    characterSet: ["ISO_IR 127"],
    family: words("Qabbani Alhaddad"),
    given: words("Nizar Salma"),
    native: ["قباني^نزار", "الحداد^سلمى"],
  },
]; // biome-ignore format: pools of names

/** Names that stand in texts of the held-out half alone. */
const HELD_OUT: readonly Culture[] = [
  {
    characterSet: [],
    family:
      words(`Abernathy Castellano Dragomir Gallagher Hakimi Ishikawa Jovanovic Kariuki Lindqvist Mwangi Nakagawa
      Oyelaran Pettersson Quispe Ravindran Szymanski Tshabalala Underhill Vasquez Wickramasinghe Xiong Yeboah
      Zielinski Bhattacharya Chaudhry Delacroix Echeverria Fitzgerald Goldberg Haruki`),
    given:
      words(`Adebayo Beatriz Catalina Dimitri Esperanza Farid Gwendolyn Hiroshi Ingrid Jamila Kofi Leopold
      Mireille Nkechi Octavio Parveen Quincy Rosalind Siddharth Tamara Ulrike Valentina Wanjiru Ximena Yevgeny Zanele`),
  },
  {
    characterSet: LATIN1,
    family: words("Bäckström Châtelain Guðmundsson Ibáñez Jäger Löfgren Muñoz Núñez Öztürk Peña Røed Zúñiga"),
    given: words("Aurélie Bérénice Chloé Émile Gösta Íñigo Jérôme Märta Noémie Óscar Raúl Thérèse"),
  },
];

/** Names that are ordinary or clinical words, or eponyms: removing every match would ruin the text. */
const WORD_FAMILY =
  words(`Long Head Gray Page Ray Hand Foot Field White Black Brown Young Short Stone Wood Bone
  Marsh Hall Wall Bush Ball Banks Bell Cook Cross Day Fisher Flowers Ford Fox Glass Graves Hill Hood Hook Hunter
  King Lake Lane Law Lord Love Marrow Miller Moon Paine Palm Pope Power Price Prince Rice Ring Rivers Rock Root
  Rose Sharp Shields Stent Sternum Summers Temple Tongue Trunk Waters Waist Hodgkin Wilson Baker Foley Barrett
  Crohn Bell Colles Parkinson Marfan Turner Down Hart Chest Heart Cancer Core Beam Bolus Coil Slice`);
const WORD_GIVEN =
  words(`Rose Grace Hope Faith Joy Iris Ivy Amber Ruby Pearl Jade Violet Olive Ginger Dawn Eve
  April May June August Summer Autumn Mark Bill Rob Max Art Grant Frank Will Pat Chase Hunter Guy Drew Dean Ray
  Victor Rusty Sandy Misty Crystal Star`);

/** Syllables of names that no dictionary holds; spoken, not frequent. */
const SYLLABLES = words(`bra kro zel vin tor mak lum pex nod rix sha gwe dul fyr ost hek yav qui zan bel dor
  mup tav nel rog suv ith ozh karp wen dro lisk vaz uch emb ond jarl ikk aph tse rwo`);

function inventedName(random: Random): string {
  const count = randomInt(random, 2, 3);
  let name = "";
  for (let i = 0; i < count; i++) name += pick(random, SYLLABLES);
  name += pick(random, ["", "o", "a", "ski", "wen", "ez", "ume", "ix"]);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A person of the pool, or of any. */
export function person(
  random: Random,
  pool: NamePool = pick(random, ["common", "common", "word", "outside"]),
): Person {
  if (pool === "word") {
    const family = pick(random, WORD_FAMILY);
    const given = pick(
      random,
      WORD_GIVEN.filter((name) => name !== family),
    );
    return { pool, family, given, middle: "", native: "", characterSet: [] };
  }
  if (pool === "outside") {
    const [family, given] = [inventedName(random), inventedName(random)];
    return { pool, family, given, middle: "", native: "", characterSet: [] };
  }
  return commonPerson(random, pool === "common" ? COMMON : HELD_OUT, pool);
}

/** A person of the pool whose name ISO 8859-1 (or ASCII alone) can write. */
export function latinPerson(random: Random, pool: NamePool, ascii: boolean): Person {
  if (pool === "word" || pool === "outside") return person(random, pool);
  const fits = ({ characterSet }: Culture) =>
    characterSet.length === 0 || (!ascii && characterSet[0] === LATIN1[0]);
  return commonPerson(random, (pool === "common" ? COMMON : HELD_OUT).filter(fits), pool);
}

function commonPerson(random: Random, cultures: readonly Culture[], pool: NamePool): Person {
  const culture = pick(random, cultures);
  const index = randomInt(random, 0, culture.family.length - 1);
  const native = culture.native?.[index] ?? "";
  const given = native === "" ? pick(random, culture.given) : culture.given[index]!;
  const middle = native === "" && random() < 0.3 ? pick(random, culture.given) : "";
  return {
    pool,
    family: culture.family[index]!,
    given,
    middle: middle === given ? "" : middle,
    native,
    characterSet: culture.characterSet,
  };
}

/** The PN value: family^given^middle, and the native component groups. */
export function pnOf({ family, given, middle, native }: Person): string {
  const latin = [family, given, ...(middle === "" ? [] : [middle])].join("^");
  return native === "" ? latin : `${latin}=${native}`;
}

/** Words of which none may be left: in Latin letters, and in the native script. */
export function nameTokens({ family, given, middle, native }: Person): string[] {
  const scripts = native.split(/[=^]/).filter((part) => part !== "");
  return [family, given, middle, ...scripts].filter((part) => part !== "");
}

/** Forms in which text names a person. Bare words of the vocabulary stand only where the text says "person". */
export function writtenName(random: Random, who: Person): string {
  const { family, given, middle, native } = who;
  const forms = [
    `${family}^${given}`,
    `${family}, ${given}`,
    `${family},${given}`,
    `${given} ${family}`,
    `${family} ${given}`,
    `${given.charAt(0)}. ${family}`,
    `${family}, ${given.charAt(0)}.`,
    `${family.toUpperCase()} ${given.toUpperCase()}`,
    `${family.toUpperCase()}^${given.toUpperCase()}`,
    `${family}_${given}`,
    `Mr. ${family}`,
    `Mrs ${family}`,
    `${given} ${family}'s`,
  ];
  if (who.pool !== "word") {
    forms.push(family, given, `${family} ${given}`.toLowerCase(), family.toUpperCase());
    if (/^[A-Za-z]+$/.test(family) && family.length > 4) {
      forms.push(`${given.charAt(0)}${family}`.toLowerCase());
    }
  }
  if (middle !== "") forms.push(`${given} ${middle} ${family}`, `${given} ${middle.charAt(0)}. ${family}`);
  if (native !== "") {
    for (const group of native.split("=")) forms.push(group, group.replace("^", " "), group.replace("^", ""));
  }
  return pick(random, forms);
}
