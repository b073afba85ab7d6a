import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { cleanText, compileIdentifiers, containsKnown, TEXT_TABLES_DIGEST, tellingRuns } from "./index.js";

const NOBODY = compileIdentifiers({ names: [], ids: [], dates: [], other: [] });
const clean = (text: string) => cleanText(text, NOBODY, { removeDates: true });

describe("identifiers nobody told us", () => {
  it.each([
    ["Dr. Smith recommended follow-up in 6 weeks", "Dr. recommended follow-up in 6 weeks"],
    ["Dr. Gray", "Dr"],
    ["DR PATEL REQUESTED CT HEAD", "DR REQUESTED CT HEAD"],
    ["read by KP", "read by"],
    ["READ BY: DR. LONG", "READ BY: DR"],
    ["seen by Dr. A. Kowalski-Smith on Monday", "seen by Dr. on Monday"],
    ["Called to Dr. Foley at 3pm", "Called to Dr. at 3pm"],
    ["Signed electronically by Nguyen, Tran T. 05/06/2021 14:33", "Signed electronically by. 14:33"],
    ["Technologist: km", "Technologist:"],
    ["PATIENT NAME: HUGHES LINDA DOB: 3/4/55 MRN 991122", "PATIENT NAME: DOB: MRN"],
    ["SS# 123456789", "SS#"],
    ["seen by dr john abernathykov yesterday", "seen by dr yesterday"],
    ["Operator: van den Berg", "Operator:"],
    ["sister Mary called", "sister called"],
    ["MR SMITH CHEST", "MR CHEST"],
    ["CT for Maria Fernandez", "CT for"],
    ["FERNANDEZ^MARIA", ""],
    ["call 555-123-4567", "call"],
    ["Tel: +49 89 1234567", "Tel:"],
    ["fax 020 7946 0958", "fax"],
    ["jane.x@clinic.example", ""],
    ["see https://pacs.example.org/a?b=1 now", "see now"],
    ["SSN 123-45-6789", "SSN"],
    ["MRN: 12-345", "MRN:"],
    ["MRN12345", "MRN"],
    ["Acc# 4711", "Acc#"],
    ["Acct 12345678", "Acct"],
    ["Patient ID 0012", "Patient ID"],
    ["host 10.1.2.3 down", "host down"],
    ["123 Main St, Springfield, IL 62704", ""],
    ["Hauptstraße 12, 80331 München", ""],
    ["12 rue de la Paix, 75002 Paris", ""],
    ["St. Mary's Hospital", ""],
    ["93 year old woman", "year old woman"],
    ["DOB 31/01/60 male", "DOB male"],
    ["born 1960", "born"],
    ["John's iPhone", "iPhone"],
    ["Room 312 CT", "Room CT"],
    ["C:\\Users\\xqtest\\scan", "C:\\Users\\\\scan"],
  ])("%j becomes %j", (from, to) => expect(clean(from).text).toBe(to));

  it("puts a marker in their place on request", () => {
    const marked = cleanText("Dr. Smith, tel 555-123-4567", NOBODY, {
      removeDates: true,
      marker: (kind) => `[${kind}]`,
    });
    expect(marked.text).toBe("Dr. [person], tel [phone]");
    expect(marked.findings.map((f) => f.kind)).toEqual(["person", "phone"]);
  });
  it("reports lone names and long numbers it keeps", () => {
    expect(clean("Fernandez chest").suspicious).toEqual([{ start: 0, end: 9, why: "name-like" }]);
    expect(clean("run 9876543210").suspicious.map((s) => s.why)).toEqual(["id-like"]);
  });
});

const KEPT =
  `CT CHEST W/O CONTRAST|AX T2 FLAIR 5mm|MPRAGE_SAG_p2|Rt. breast MLO|BRAIN^ROUTINE|Thorax 1.0 B70f|THIN SECTIONS LUNG ALG|RAO 30 CRAN 20|1.5mm x 512|Baker's cyst|Parkinson's|Foley catheter|Grey matter|Long axis|Hodgkin lymphoma|Omnipaque 300|Gd-DTPA|Kellgren-Lawrence grade 2|MR BRAIN W WO|DR CHEST PA|MS PROTOCOL|2 VIEWS CT|3 VIEW FOOT|Bolus 80ml @ 3ml/s|5.0.1.3|1.2.840.10008.5.1.4.1.1.2|512 512 1024|Image No: 12|Series name: tfl3d1|TR 1500 TE 30|b1000|t2_tse_tra_320_p2|ep2d_diff_3scan_trace_p2_ADC|SE2 3DT1|L5 S1|C1-C2|T1 POST GD|PET CT SKULL-THIGH|Bed Position: 3|ROOM 2|89 year old|75Y|ACC 2|Doppler US carotid|Whipple procedure|Colles fracture|Swan Ganz catheter|Hickman line|May-Thurner|MAR ON|SEP 3|DEC 5 mm|1/2 dose|3/4|5/10/15 mm|L3/4/5|Rekonstr. 2|Atemweg 3|Schädel nativ 1.0 H30s|Crâne sans injection|Columna lumbar sin contraste|Ginocchio destro|seen on axial images by CT|per protocol|Patient supine|Technique: axial|Reader study|Philips Ingenia 3.0T|SIEMENS MAGNETOM Aera|Aquilion ONE|Discovery MR750w|FOV 220x220|2 min delay|ROI 1 mean 45 HU|Kaposi sarcoma|Wegener's granulomatosis|Wilms tumor|Grave's disease|Paget disease|Mr angiography|Dr XR chest|Chest Clinic|University protocol|Hospital bed|AP/LAT|100 kVp 250 mAs|0.625 mm|4D-CTA|HASTE BH|eTHRIVE|mDIXON|3D FIESTA-C|Ax DWI b=1000 s/mm2|Gated 75%|MIP 10/5|IAC_FIESTA|Screening bilateral tomosynthesis|Cone down L MLO mag|Tech: portable|Name: CT Abdomen|Slices 01-02-03-04|Patient Breed Description`.split(
    "|",
  );

describe("descriptors", () => {
  it.each(KEPT)("keeps %j as it is", (value) => expect(clean(value).text).toBe(value));
  it("keeps the bytes of what it does not cut", () =>
    expect(clean("a  b\t c\r\nDr. Smith  x  y").text).toBe("a  b\t c\r\nDr. x  y"));
});

describe("hostile text", () => {
  const units =
    "0| +1111111111111111| +1 1 1 1 1 1 1 1 1x| 001234567890123456|\x1b|\x1b(X|a|1|1 |1-|A b |a@|a.|a:|1:|(1)|\\\\a|Maria |Dr |id |12 Aa |12 Rose Street L1 1AA |\u200b|Hospital |Doe Jane |Long |1/1/20 |DE11 |http://|St of |Dr. Long, |\u0301|ﷺ|山|\ud800|((|Jan |名".split(
      "|",
    );
  const matcher = compileIdentifiers({
    names: ["Doe^Jane", "Long^Head", "Rose^May"],
    ids: ["11", "1111111", "0012345", "00000001"],
    dates: ["20200101", "00000000"],
    other: ["St of"],
  });
  it.each(units)(
    "reads a megabyte of %j in linear time",
    (unit) => {
      const run = (size: number): number => {
        const text = unit.repeat(Math.ceil(size / unit.length));
        const started = performance.now();
        cleanText(text, matcher, { removeDates: true });
        return performance.now() - started;
      };
      run(50_000);
      const small = run(125_000);
      // eight times the text may cost eight times as long, thrice that for a busy machine; quadratic would be 64 times
      expect(run(1_000_000)).toBeLessThan(Math.max(24 * small, 1500));
    },
    60_000,
  );
});

describe("long text", () => {
  const matcher = compileIdentifiers({
    names: ["Zarquon^Ilse"],
    ids: ["4711990"],
    dates: ["19600131"],
    other: ["Fennimore Memorial Hospital of Quillfield and Its Surrounding Villages"],
  });
  const planted = [
    "Zarquon, Ilse",
    "4711-990",
    "31.01.1960",
    "Fennimore Memorial Hospital of Quillfield and Its Surrounding Villages",
    "jane.x@clinic.example",
    "tel 555-123-4567",
  ];
  it.each([" chest CT", "\r\nno finding", "~~~~~", "\ud83e\ude7b"])(
    "is cleaned wherever a window of %j ends",
    (fill) => {
      for (const [i, identifier] of planted.entries()) {
        for (let shift = 0; shift < 120; shift += 7) {
          const before = fill.repeat(Math.ceil((16_384 - 60 + shift) / fill.length));
          const text = `${before} ${identifier} ${fill.repeat(2000)}`;
          const result = cleanText(text, matcher, { removeDates: true, marker: () => "\u2588" });
          expect(result.text.includes("\u2588"), `${i} ${shift}`).toBe(true);
          const rest = text.replace(identifier, "");
          expect(result.text.length, `${i} ${shift}`).toBeLessThanOrEqual(rest.length + 5);
          expect(result.text.startsWith(before)).toBe(true);
        }
      }
    },
  );
  it("gives the same text in windows as by its lines", () => {
    const lines = Array.from(
      { length: 3000 },
      (_, i) =>
        `Slice ${i} Zarquon Ilse, prior ${1 + (i % 28)}.0${1 + (i % 9)}.2019 (4711990) read by Dr. Okafor.`,
    );
    const options = { removeDates: true, marker: () => "[x]" };
    const whole = cleanText(lines.join("\n"), matcher, options).text;
    expect(whole).toBe(lines.map((line) => cleanText(line, matcher, options).text).join("\n"));
  });
  it("takes memory for a window, not for the text", () => {
    const line = "CT chest with contrast. Zarquon Ilse seen 01.02.2020 by Dr. Smith, tel 555-123-4567.\r\n";
    const text = Buffer.from(line.repeat(Math.ceil(4e6 / line.length))).toString("latin1");
    const before = process.memoryUsage().rss;
    cleanText(text, matcher, { removeDates: true, marker: () => "[removed]" });
    // kilobytes; in one piece it took 240 MB
    expect(process.resourceUsage().maxRSS * 1024 - before).toBeLessThan(200e6);
  });
  it("is searched for known identifiers in windows too", () => {
    for (const at of [16_380, 16_384, 32_768]) {
      const text = `${"~".repeat(at - 3)}Zarquon${"~".repeat(20_000)}`;
      expect(containsKnown(text, matcher)).toBe(true);
      expect(tellingRuns(text, matcher)).toBe(true);
    }
  });
});

const corpus = process.env.ELPIS_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const spansFile = `${corpus}/reports/presidio_synth_dataset_v2.json`;
interface Sentence {
  full_text: string;
  spans: { entity_type: string; start_position: number; end_position: number }[];
}
describe.runIf(existsSync(spansFile))(
  "a public set of planted sentences (general English, not tuned to)",
  () => {
    it("finds what has a form, and cuts under 1 % of other words", () => {
      const recall = new Map<string, [number, number]>();
      let [cut, words] = [0, 0];
      for (const { full_text: text, spans } of JSON.parse(readFileSync(spansFile, "utf8")) as Sentence[]) {
        const { findings } = clean(text);
        for (const word of text.matchAll(/[\p{L}\p{Nd}]+/gu)) {
          const [start, end] = [word.index, word.index + word[0].length];
          const gone = findings.some((f) => f.start <= start && end <= f.end);
          const span = spans.find((s) => s.start_position < end && start < s.end_position);
          if (span === undefined) [cut, words] = [cut + Number(gone), words + 1];
          else {
            const [found, all] = recall.get(span.entity_type) ?? [0, 0];
            recall.set(span.entity_type, [found + Number(gone), all + 1]);
          }
        }
      }
      const of = (type: string): number => recall.get(type)![0] / recall.get(type)![1];
      const table = [...recall.keys()].map((type) => `${type} ${of(type).toFixed(3)}`).join(", ");
      process.stdout.write(
        `token recall without header: ${table}; other words cut: ${((100 * cut) / words).toFixed(2)} %\n`,
      );
      for (const type of ["EMAIL_ADDRESS", "US_SSN", "DOMAIN_NAME"])
        expect(of(type), type).toBeGreaterThan(0.99);
      expect(cut / words).toBeLessThan(0.01);
    });
  },
);

it("names its tables by a digest", () => expect(TEXT_TABLES_DIGEST).toMatch(/^[0-9a-f]{64}$/));
