import { pick, type Random, randomInt } from "../../src/base/index.js";
import type { Script } from "./fonts.js";

/** Names are put together from syllables, so that none is a real person's but by accident. */
const SYLLABLES: Readonly<Record<Script, readonly string[]>> = {
  latin: split(
    "ba ke lor min ta vel dro sa ni po ri kan mo te lu gar fi xen zo wy hal bri sto qui jen os ul ém ño",
  ),
  cyrillic: split(
    "ба ке лор мин та вел дро са ни по ри кан мо те лу гар фи жен зо хал бры сто щу ян ос юль эм ий",
  ),
  greek: split(
    "βα κε λορ μιν τα βελ δρο σα νι πο ρι καν μο τε λου γαρ φι ξεν ζο χαλ θυ στο ψη ου ως ία ής ών",
  ),
  chinese: [
    ..."安柏川丹恩方高桂海和江金康兰林明宁平秋荣山石松唐文溪雅云泽竹北春东冬光国红家建静立梅美南清仁胜田万伟夏小新兴雪阳永玉元远月正中",
  ],
  japanese: split(
    "たけ さく ゆき はる なお まさ ひろ かず とも のり タケ サク ユキ ハル ナオ マサ ヒロ カズ 川 山 田 中 原 島 木 村 森 石 松 高 橋 藤 野 沢 浜 岡",
  ),
  korean: [
    ..."가강건경고광구기나남노도동라로마만문미민바박보부비사산상서선성소수승시신아안양연영오용우원유은이인임장재정조주준중지진찬창채철초최태하한해현형호홍화황효희",
  ],
  arabic: split("با كر لو مي تا في در سا ني بو ري كا مو تي لو جر فا زي هل بر ست قا جن عا شم نور دي ار"),
};

const TERMS: Readonly<Record<Script, readonly string[]>> = {
  latin: split(
    "Patient Name Ward Clinic Hospital Institute Radiology Dept. Abdomen Chest Thorax Knee Axial Sagittal Coronal Scan Series Study Acc. Accession Birth Sex Age Date Time Operator Physician Ref. Room Bed Urgent Contrast Delay Phase Arterial Venous Portal Slice Thick Gain Depth Probe Frame Zoom Window Level Dose Total Exam Protocol Kernel Filter Tilt Matrix Coil Echo Flip TR TE NEX FOV GRAPPA DLP CTDIvol Spine Lumbar Skull Pelvis Hip Foot Hand Wrist Ankle Elbow Shoulder Heart Liver Kidney Spleen Left Right Lower Upper Mammo MLO CC Lateral Oblique Größe Éléments Señal Höhe Côté Nº Geb.-Datum Zeit Klinik Krankenhaus Hôpital Médico Paciente Ospedale Ziekenhuis Sjukhus",
  ),
  cyrillic: split(
    "Пациент Имя Дата Рождения Больница Отделение Клиника Врач Пол Возраст Снимок Грудь Колено Череп Лёгкие Сердце Печень Почка Слева Справа Институт Номер Серия Доза Палата Город Срез Время Прямая Боковая",
  ),
  greek: split(
    "Ασθενής Όνομα Ημερομηνία Γέννηση Νοσοκομείο Τμήμα Κλινική Ιατρός Φύλο Ηλικία Θώρακας Γόνατο Κρανίο Πνεύμονες Καρδιά Ήπαρ Νεφρός Αριστερά Δεξιά Αριθμός Σειρά Δόση Θάλαμος Τομή Ώρα",
  ),
  chinese: split(
    "姓名 性别 年龄 男 女 医院 放射科 超声科 检查号 住院号 门诊号 床号 科室 日期 时间 胸部 腹部 头颅 膝关节 心脏 肝脏 左侧 右侧 正位 侧位 第一人民医院 中心医院 影像 报告 医师 诊断 造影剂 层厚 病区 出生日期 编号 仰卧 扫描",
  ),
  japanese: split(
    "氏名 患者 病院 性別 年齢 男性 女性 生年月日 検査日 放射線科 胸部 腹部 頭部 膝 心臓 肝臓 左 右 正面 側面 技師 医師 カルテ クリニック センター レントゲン エコー さくら ひまわり 総合病院 大学病院 造影 撮影 番号 病棟",
  ),
  korean: split(
    "환자 이름 성별 나이 남자 여자 병원 대학교병원 영상의학과 검사일 생년월일 등록번호 흉부 복부 두부 무릎 심장 간 왼쪽 오른쪽 정면 측면 의사 판독 병동 촬영 조영제 번호 날짜 시간 센터",
  ),
  arabic: split(
    "المريض الاسم تاريخ الميلاد مستشفى قسم الأشعة العيادة الطبيب الجنس العمر الصدر البطن الركبة الرأس القلب الكبد الكلى يسار يمين رقم الملف الفحص الجرعة الغرفة المركز الطبي الوقت",
  ),
};

const UNITS = split("mm cm kV mAs mA ms s mGy mGy*cm % Hz MHz dB cm/s deg mm² ml kg bpm fps");
const MARKS = split(
  "L R AP PA LAT PORTABLE UPRIGHT SUPINE ERECT RLAT LLAT PRONE DECUB LEFT RIGHT AXIAL LAO RAO H F A P I S LMLO RMLO LCC RCC STANDING WB SITTING",
);
const MONTHS = split(
  "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec JAN MAR JUN AUG OCT DEC Okt Mai Déc janv. févr.",
);

function split(words: string): readonly string[] {
  return words.split(" ");
}

/** A name put together from two to four syllables. */
export function inventedWord(random: Random, script: Script): string {
  const square = script === "chinese" || script === "korean";
  const count = square ? randomInt(random, 2, 3) : randomInt(random, 2, 4);
  let word = "";
  for (let index = 0; index < count; index++) word += pick(random, SYLLABLES[script]);
  return script === "greek" ? withFinalSigma(word) : word;
}

export function medicalTerm(random: Random, script: Script): string {
  return pick(random, TERMS[script]);
}

/** A lone position or laterality mark: what a technologist sets beside the body. */
export function mark(random: Random): string {
  return pick(random, MARKS);
}

export function digits(random: Random, low: number, high: number): string {
  let text = "";
  for (let left = randomInt(random, low, high); left > 0; left--) text += randomInt(random, 0, 9);
  return text;
}

/** A date in one of the forms that devices print, as words. */
export function date(random: Random): readonly string[] {
  const [year, month, day] = [
    randomInt(random, 1921, 2039),
    randomInt(random, 1, 12),
    randomInt(random, 1, 28),
  ];
  const two = (value: number) => String(value).padStart(2, "0");
  const forms = [
    [`${year}-${two(month)}-${two(day)}`],
    [`${two(day)}.${two(month)}.${year}`],
    [`${two(month)}/${two(day)}/${year}`],
    [`${year}${two(month)}${two(day)}`],
    [`${month}/${day}/${two(year % 100)}`],
    [two(day), pick(random, MONTHS), String(year)],
    [`${two(day)}-${pick(random, MONTHS)}-${year}`],
  ];
  return pick(random, forms);
}

export function time(random: Random): string {
  const two = () => String(randomInt(random, 0, 59)).padStart(2, "0");
  const clock = `${String(randomInt(random, 0, 23)).padStart(2, "0")}:${two()}`;
  return random() < 0.6 ? `${clock}:${two()}` : clock;
}

/** A number with or without sign, decimals and unit: "-12.5 mm". */
export function measure(random: Random): readonly string[] {
  const number = `${random() < 0.15 ? "-" : ""}${randomInt(random, 0, 999)}${random() < 0.5 ? `.${randomInt(random, 0, 99)}` : ""}`;
  if (random() < 0.35) return [number];
  const unit = pick(random, UNITS);
  return random() < 0.4 ? [`${number}${unit}`] : [number, unit];
}

/** Words of one line, as annotations have them. */
export function line(random: Random, script: Script): readonly string[] {
  const cased = caseOf(random);
  const name = () => cased(capital(inventedWord(random, script)));
  const term = () => cased(medicalTerm(random, script));
  const forms: readonly (() => readonly string[])[] = [
    () => [`${name()},`, name()],
    () => [`${name()}^${name()}`],
    () => [`${term()}:`, name()],
    () => [`${term()}:`, ...measure(random)],
    () => [term(), term()],
    () => [term(), name(), `(${pick(random, ["M", "F", "O"])})`],
    () => [`ID:${digits(random, 5, 9)}`],
    () => [`${term()}`, digits(random, 4, 10)],
    () => [`#${digits(random, 3, 6)}`, `${randomInt(random, 0, 99)}Y`],
    () => date(random),
    () => [...date(random), time(random)],
    () => [
      `${pick(random, ["kV", "mA", "TR", "TE", "W", "L", "WL", "Se", "Im", "FOV", "ST", "MI", "TIS"])}`,
      ...measure(random),
    ],
    () => [`W:${randomInt(random, 1, 4095)}`, `L:${randomInt(random, -900, 2048)}`],
    () => [`[${name()}]`, `${term()}/${term()}`],
    () => [`Im:${randomInt(random, 1, 600)}/${randomInt(random, 1, 600)}`],
    () => [`${name()}`, name(), `${term()}`, digits(random, 2, 4)],
  ];
  return pick(random, forms)();
}

/** What one line holds when it is drawn of digits and signs alone. */
export function digitsOnly(random: Random): readonly string[] {
  const forms: readonly (() => readonly string[])[] = [
    () => [digits(random, 1, 10)],
    () => [...measure(random)],
    () => [`${digits(random, 2, 3)}-${digits(random, 4, 6)}`, digits(random, 2, 6)],
    () => [`${digits(random, 1, 3)}/${digits(random, 1, 3)}`],
    () => [
      `${digits(random, 1, 2)}.${digits(random, 1, 3)}`,
      `${digits(random, 1, 2)}.${digits(random, 1, 3)}`,
    ],
  ];
  return pick(random, forms)();
}

function capital(word: string): string {
  return word.slice(0, 1).toLocaleUpperCase("en") + word.slice(1);
}

function caseOf(random: Random): (word: string) => string {
  const share = random();
  if (share < 0.4) return (word) => word.toLocaleUpperCase("en");
  return share < 0.5 ? (word) => word.toLocaleLowerCase("en") : (word) => word;
}

function withFinalSigma(word: string): string {
  return word.endsWith("σ") ? `${word.slice(0, -1)}ς` : word;
}
