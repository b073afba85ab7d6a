/** Someone who never lived, as a hospital would file them. */
export interface Person {
  /** PN as in the file: up to three component groups. */
  readonly name: string;
  readonly patientId: string;
  readonly issuer: string;
  readonly birthDate: string;
  readonly sex: "F" | "M";
  readonly formerName: string;
  readonly address: string;
  readonly phone: string;
  /** Values of Specific Character Set that can write the name. */
  readonly characterSet: readonly string[];
  /** Strings of which none may be found in what is released. */
  readonly identifiers: readonly string[];
}

const ISSUER = "SAMPLE HOSPITAL";

/** Specimen names: Musterfrau and Mustermann are Germany's, Yamada Tarou is that of PS3.5 Annex H. */
export const PEOPLE = {
  musterfrau: {
    name: "Musterfrau^Jördis^Anna",
    patientId: "MRN-4711-0815",
    issuer: ISSUER,
    birthDate: "19570312",
    sex: "F",
    formerName: "Beispielmann^Jördis",
    address: "12 Sample Lane, Exampleton",
    phone: "+1 202 555 0143",
    characterSet: ["ISO_IR 100"],
    identifiers: [
      "Musterfrau",
      "Jördis",
      "MRN-4711-0815",
      "47110815",
      "19570312",
      "Beispielmann",
      "555 0143",
      "Sample Lane",
    ],
  },
  obraztsova: {
    name: "Образцова^Вера",
    patientId: "RU-000451",
    issuer: ISSUER,
    birthDate: "19801130",
    sex: "F",
    formerName: "Примерова^Вера",
    address: "3 Specimen Street, Exampleton",
    phone: "+1 202 555 0177",
    characterSet: ["ISO_IR 144"],
    identifiers: ["Образцова", "Вера", "RU-000451", "19801130", "Примерова", "555 0177", "Specimen Street"],
  },
  yamada: {
    name: "Yamada^Tarou=山田^太郎=やまだ^たろう",
    patientId: "JP-77120",
    issuer: ISSUER,
    birthDate: "19640705",
    sex: "M",
    formerName: "Suzuki^Tarou",
    address: "5 Template Road, Exampleton",
    phone: "+1 202 555 0121",
    characterSet: ["", "ISO 2022 IR 87"],
    identifiers: [
      "Yamada",
      "Tarou",
      "山田",
      "太郎",
      "やまだ",
      "JP-77120",
      "19640705",
      "Suzuki",
      "555 0121",
      "Template Road",
    ],
  },
  exemplar: {
    name: "Exemplar^Quentin",
    patientId: "MRN-4711-2204",
    issuer: ISSUER,
    birthDate: "19320119",
    sex: "M",
    formerName: "Exemplar^Quincy",
    address: "7 Pattern Court, Exampleton",
    phone: "+1 202 555 0168",
    characterSet: [],
    identifiers: [
      "Exemplar",
      "Quentin",
      "MRN-4711-2204",
      "47112204",
      "19320119",
      "Quincy",
      "555 0168",
      "Pattern Court",
    ],
  },
} as const satisfies Record<string, Person>;

export const STAFF = {
  referring: "Placeholder^Paula^^Dr.",
  reading: "Testcase^Theodor^^Dr.",
  operator: "Fixture^Fiona",
} as const;

/** Surnames of the staff and names of the place, which no release may hold either. */
export const STAFF_AND_PLACE: readonly string[] = ["Placeholder", "Testcase", "Fixture", "Northgate"];
