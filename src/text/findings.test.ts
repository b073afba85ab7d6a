import { describe, expect, it } from "vitest";
import { cleanText, compileIdentifiers, containsKnown } from "./index.js";

const clean = (text: string, names: readonly string[] = []) =>
  cleanText(text, compileIdentifiers({ names, ids: [], dates: [], other: [] }), { removeDates: true }).text;

describe("what identifies by its form or by the words before it", () => {
  it.each([
    ["a UID under another root", "orig 1.2.826.0.1.3680043.8.498.45787841905188", "orig"],
    ["a UUID as UID", "UID 2.25.329800735698586629295641978511506172918", "UID"],
    ["a number behind the words that lead to it", "MRN changed from 123456 to 654321", "MRN changed from to"],
    ["a licence in short", "lic D12345678 knee", "lic knee"],
    ["a licence behind a word that counts", "split bolus lic P87446651", "split bolus lic"],
    ["a vehicle's plate", "vehicle plate ABC-1234. Rib fracture", "vehicle plate. Rib fracture"],
    ["a German plate", "Kennzeichen B-MW 1234", "Kennzeichen"],
    ["a public address of a machine", "from 192.0.2.33", "from"],
    ["an institute of radiology", "imported from Brendanora Radiology Institute", "imported from"],
    [
      "an American address and no word behind it",
      "12 Maple Lane, Fakenheim, CA 57498 Couch shift",
      "Couch shift",
    ],
    ["a phone and no number behind it", "pager +1 288 555 8772 - 4 chamber view", "pager 4 chamber view"],
    ["a phone and no number behind a stroke", "call +33 1 99 00 63 40 / 5 mm gap 1", "call 5 mm gap 1"],
    ["a phone and no number before it", "stage 1 959.555.3569", "stage 1"],
    ["a date behind a number", "CTDIvol 12.4 - January 28, 2022", "CTDIvol 12.4"],
    ["a date behind a word that is a month elsewhere", "rule out - 08.07.2019", "rule out"],
    ["a month with an accent", "geboren 13. März 1956, Thorax", "geboren, Thorax"],
    ["a date with a Roman month", "biopsy of 02.V.1960", "biopsy of"],
    ["a date of a Japanese era", "前回 平成12年3月4日 CT", "前回 CT"],
    ["a short date of a Japanese era behind a cue", "born S35.5.2", "born"],
    ["a date with its year first and its month in letters", "prior 1998 MAY 12 CT", "prior CT"],
    ["a year behind b.", "b. 1960, knee", "b. knee"],
    ["a phone with a bracket in it", "+49 (0)89 1234-567 pager", "pager"],
    ["a date before a modality that is a unit too", "compare 6/8/16: MG L MLO", "compare : MG L MLO"],
  ])("removes %s", (_, text, expected) => expect(clean(text)).toBe(expected));
});

describe("people whom only the text names", () => {
  it.each([
    ["in PN notation", "read by ROSSI^NGOZI and reviewed", "read by and reviewed"],
    ["with an unlisted given name behind a comma", "seen by Okonjo, Anjalika", "seen by"],
    ["in capitals", "dictated by RICCI NGOZIKA: wrist", "dictated by : wrist"],
    ["in lower case", "read by torsuvix dulquiyavume", "read by"],
    ["by an initial", "dictated by A. Vrescotti - knee", "dictated by knee"],
    ["behind another participle", "approach chosen by Vrescotti", "approach chosen by"],
    ["with a date between", "Injected 2018-03-27 by Vrescotti, 370 MBq", "Injected by, 370 MBq"],
    ["with an accent", "CT für Frau GARCÍA MARTÍNEZ", "CT für Frau"],
    ["behind what they wrote", "Addendum by B. Vrescotti on 04/15/2014: 3.4 cm", "Addendum by on : 3.4 cm"],
    ["in capitals behind what they wrote", "Report by KOWALCZUKOWA. Final", "Report by. Final"],
    [
      "in lower case behind a participle",
      "marked by gwelumzana nodduljar. EF 48 pct",
      "marked by. EF 48 pct",
    ],
    [
      "in lower case with a given name that is an organ",
      "requested by gonçalves rené, abdomen",
      "requested by, abdomen",
    ],
    ["as a consultant", "TIPS revision consult Vrescotti", "TIPS revision consult"],
    ["as someone to be called", "or page Vrescotti. Adenoma", "or page. Adenoma"],
  ])("go %s", (_, text, expected) => expect(clean(text)).toBe(expected));
});

describe("words beside a name", () => {
  it.each([
    ["Dr. Okafor Gustilo grade 3", [], "Dr. Gustilo grade 3"],
    ["Operator: William Smith Gleason 3+4", [], "Operator: Gleason 3+4"],
    ["Patient Mr. Kowalski F-18 PSMA-1007", ["Kowalski^Fritz"], "Patient Mr. F-18 PSMA-1007"],
    ["Mr. Kowalski MRN", ["Kowalski^Fritz"], "Mr. MRN"],
    ["hussain deepak. IV access", ["Hussain^Deepak^Imran"], "IV access"],
    ["Bell palsy facial nerve", ["Bell^Crystal"], "Bell palsy facial nerve"],
    ["arrived by ambulance", [], "arrived by ambulance"],
    ["Patient ID LD-4711008 twice", ["Iverson^Dora"], "Patient ID twice"],
    ["Austin Moore stem", [], "Austin Moore stem"],
    ["attn Dr HENDERSON Takayasu arteritis CTA", [], "attn Dr Takayasu arteritis CTA"],
    ["Dr. xhenderson please call", ["Henderson^Xavier"], "Dr. please call"],
    ["lymph node station 4R 14 mm", [], "lymph node station 4R 14 mm"],
    [
      "IV.V.1960, H2.3.4, T1.2.3, 1.5.2 and 3 V 2000 mm",
      [],
      "IV.V.1960, H2.3.4, T1.2.3, 1.5.2 and 3 V 2000 mm",
    ],
    ["offset +0000019.000, -0.00144151004497", [], "offset +0000019.000, -0.00144151004497"],
    ["F-18 PSMA-1007, St. Pellegrine Hospital", [], "F-18 PSMA-1007"],
  ])("stay: %s", (text, names, expected) => expect(clean(text, names)).toBe(expected));
});

it("takes a code of two letters for nobody's initials", () => {
  const matcher = compileIdentifiers({ names: ["Rose^Grace"], ids: [], dates: [], other: [] });
  expect(containsKnown("GR", matcher)).toBe(false);
});
