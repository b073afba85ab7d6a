import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sceneOf } from "../../scripts/text-finder/dump.js";
import { seededRandom } from "../../src/base/index.js";
import { decodeNetwork } from "../../src/compute/index.js";
import type { PixelExamination, PixelTools } from "../../src/pixels/examination.js";
import { examinePixels } from "../../src/pixels/examine.js";
import { findText, openTextFinder } from "../../src/pixels/finder/finder.js";
import { TEXT_FINDER_NETWORK } from "../../src/pixels/finder/weights.js";
import type { GreyPlane, PixelFormat } from "../../src/pixels/types.js";
import { pixelFormat } from "../../test/support/codec-frames.js";
import { nativeFile, nativeValue, opened } from "../../test/support/pixel-files.js";
import { copyMs, kernelRate, multiplyAdds } from "../support/floor.js";
import { median } from "../support/measure.js";
import { CINE, cineFile, cineFrames } from "./cine.js";
import { POLICY } from "./detectors.js";
import { sceneFrame } from "./made-files.js";
import { type Run, scaled } from "./report.js";
import { written } from "./written.js";

interface Times {
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** Medians of many calls after a few to warm up, and the fastest by processor time. */
function timesOf(times: number, call: () => void, warmUp = 3): Times & { readonly fastestMs: number } {
  for (let i = 0; i < Math.min(warmUp, times); i++) call();
  const samples = Array.from({ length: times }, () => {
    const [cpu, wall] = [process.cpuUsage(), performance.now()];
    call();
    const { user, system } = process.cpuUsage(cpu);
    return { cpuMs: (user + system) / 1000, wallMs: performance.now() - wall };
  });
  return {
    cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
    wallMs: median(samples.map(({ wallMs }) => wallMs)),
    fastestMs: Math.min(...samples.map(({ cpuMs }) => cpuMs)),
  };
}

/** Frames that are to be quick, and the milliseconds that one may take. */
const FRAMES = [
  { rows: 512, columns: 512, bits: 16, windowWidth: 2400, limit: 40 },
  // Too narrow for one view of window and full range: both are looked at.
  { rows: 512, columns: 512, bits: 16, windowWidth: 400, limit: 40 },
  { rows: 768, columns: 1024, bits: 8, windowWidth: undefined, limit: 120 },
] as const;
const CINE_FRAMES = 100;
const LEAST_FRAMES_A_SECOND = 25;
/** Of peak memory over twenty times as many frames. */
const MEMORY_SLACK_MIB = 60;

/** Item 3: milliseconds, frames a second, memory. */
export function reportSpeed(run: Run, tools: PixelTools): void {
  const { report } = run;
  report.heading("Speed on one core");
  const bytes = Uint8Array.from(atob(TEXT_FINDER_NETWORK), (char) => char.charCodeAt(0));
  const network = decodeNetwork(bytes);
  const rate = kernelRate();
  report.say(
    `kernel: ${(rate / 1e9).toFixed(1)} G multiply-adds/s. Processor time and, in brackets, time by the clock; medians.`,
    "",
  );
  const floor = ({ rows, columns }: { readonly rows: number; readonly columns: number }) =>
    (1000 * multiplyAdds(network, rows, columns)) / rate;
  const rows = FRAMES.map((frame) => frameRow(run, tools, frame, floor(frame)));
  const head = [
    "one frame",
    "finder, WASM",
    "finder, plain JS",
    "examination, text",
    "examination, clean",
    "floor: network",
    "copy",
  ];
  report.table(head, rows);
  for (const coding of ["native", "jpeg"] as const) cine(run, tools, coding, floor(CINE));
  memory(run);
}

function frameRow(
  run: Run,
  tools: PixelTools,
  { rows, columns, bits, windowWidth, limit }: (typeof FRAMES)[number],
  floor: number,
): string[] {
  const { report, seed } = run;
  const times = scaled(run, 100, 7);
  const window = windowWidth === undefined ? "" : `, window ${windowWidth}`;
  const name = `${columns} × ${rows}, ${bits}-bit${window}`;
  run.progress(`speed: ${name}`);
  const planes: GreyPlane[] = Array.from(
    { length: 4 },
    (_, i) => sceneOf("held-out", seed, 4 * i + 1, rows, columns).plane,
  );
  const js = openTextFinder("js");
  let next = 0;
  const plane = () => planes[next++ % planes.length]!;
  const wasm = timesOf(times, () => findText(tools.finder, plane()), planes.length);
  const plain = timesOf(scaled(run, 5, 2), () => findText(js, plane()), 1);
  const examine = (text: boolean) => {
    const format = pixelFormat({ rows, columns, bitsAllocated: bits, bitsStored: bits === 16 ? 12 : 8 });
    const files = planes.map((_, i) => singleFrame(format, windowWidth, seed + (text ? 2 : 0) + 4 * i, text));
    return timesOf(
      times,
      () => examinePixels(opened(files[next++ % files.length]!), tools, POLICY),
      files.length,
    );
  };
  const [withText, clean] = [examine(true), examine(false)];
  report.record(`speed/${name}`, { wasm, plain, withText, clean, floor });
  report.check(`finder, ${name}: ${ms(wasm)} of at most ${limit}`, wasm.cpuMs <= limit);
  report.check(
    `examination of a clean frame, ${name}: ${ms(clean)} of at most ${limit}`,
    clean.cpuMs <= limit,
  );
  report.say("");
  const copy = copyMs((rows * columns * bits) / 8);
  return [
    name,
    ms(wasm),
    ms(plain),
    ms(withText),
    ms(clean),
    `${floor.toFixed(1)} ms`,
    `${copy.toFixed(2)} ms`,
  ];
}

const ms = ({ cpuMs, wallMs }: Times): string => `${cpuMs.toFixed(1)} ms (${wallMs.toFixed(1)})`;

/** A scene as a file, with a window or without. */
function singleFrame(
  format: PixelFormat,
  windowWidth: number | undefined,
  seed: number,
  text: boolean,
): Uint8Array {
  const random = seededRandom(seed);
  const { samples } = text
    ? sceneFrame(format, seed, random)
    : sceneFrame(format, seed, random, sceneOf("held-out", seed, 4, format.rows, format.columns));
  const window = windowWidth === undefined ? {} : { WindowCenter: 1600, WindowWidth: windowWidth };
  return nativeFile(format, 1, nativeValue(format, [samples]), window);
}

function cine(run: Run, tools: PixelTools, coding: "native" | "jpeg", floor: number): void {
  const { report } = run;
  run.progress(`speed: cine, ${coding}`);
  const count = scaled(run, CINE_FRAMES, 20);
  const file = cineFile(cineFrames(count, run.seed), coding);
  let result: PixelExamination | undefined;
  const examine = timesOf(
    scaled(run, 3),
    () => void (result = examinePixels(opened(file), tools, POLICY)),
    1,
  );
  const perSecond = (count * 1000) / examine.cpuMs;
  const name = `cine of ${count} frames, 640 × 480 RGB, ${coding === "jpeg" ? "JPEG baseline" : "native"}`;
  let writing = "";
  if (result?.kind === "passed") {
    const { pixels } = result;
    const write = timesOf(1, () => void written(opened(file), pixels), 0);
    writing = `; writing it takes ${(write.cpuMs / count).toFixed(1)} ms a frame more`;
  }
  const clock = ((count * 1000) / examine.wallMs).toFixed(1);
  report.record(`speed/${name}`, { framesPerSecond: perSecond, outcome: result?.kind });
  report.say(
    `${name}: ${result?.kind}, ${perSecond.toFixed(1)} frames/s of processor time (${clock} by the clock), ` +
      `floor: network ${floor.toFixed(1)} ms and copy ${copyMs(3 * CINE.rows * CINE.columns).toFixed(2)} ms a frame${writing}`,
  );
  report.check(`${name}: >= ${LEAST_FRAMES_A_SECOND} frames/s`, perSecond >= LEAST_FRAMES_A_SECOND);
}

function memory(run: Run): void {
  const { report } = run;
  const child = join(fileURLToPath(import.meta.url), "../memory-child.ts");
  const peak = (frames: number): number => {
    run.progress(`memory: ${frames} frames`);
    const ran = spawnSync(process.execPath, ["--import", "tsx", child, String(frames), String(run.seed)], {
      encoding: "utf8",
    });
    if (ran.status !== 0) throw new Error(ran.stderr);
    return (JSON.parse(ran.stdout) as { readonly peakMiB: number }).peakMiB;
  };
  const many = scaled(run, 400, 100);
  const [few, more] = [peak(20), peak(many)];
  report.record("speed/memory", { frames: [20, many], peakMiB: [few, more] });
  report.check(
    `memory flat: ${few.toFixed(0)} MiB over 20 frames, ${more.toFixed(0)} over ${many} (at most ${MEMORY_SLACK_MIB} more)`,
    more <= few + MEMORY_SLACK_MIB,
  );
}
