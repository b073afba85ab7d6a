// Makes scenes beside the training: a worker thread that hands them out in order.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { sceneOf, tileMask } from "./dump.js";
import type { SceneOptions } from "./scenes.js";

/** Rows and columns of a training scene. */
export const SCENE = 256;

/** A scene as training takes it. */
export interface Example {
  /** Grey levels, SCENE × SCENE. */
  readonly plane: Uint8Array;
  /** By tiles, as TILE_IS says. */
  readonly mask: Uint8Array;
  /** Of the last time that it was drawn; infinite before. */
  loss: number;
}

/** Which scenes: those of a seed, with so much text in turn. */
export interface Series {
  readonly seed: number;
  readonly amounts: readonly SceneOptions["text"][];
}

/** So many scenes may wait for the training. */
const AHEAD = 128;

/** Scenes 0, 1, 2 … of a series, the same whoever is faster. */
export class ExamplePool {
  readonly #worker: Worker;
  readonly #ready: Example[] = [];
  #wake: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(series: Series) {
    this.#worker = startWorker(series);
    this.#worker.on("message", (example: Example) => {
      this.#ready.push(example);
      this.#wake?.();
    });
    this.#worker.on("error", (error: Error) => {
      this.#failure = error;
      this.#wake?.();
    });
    this.#worker.postMessage(AHEAD);
  }

  async next(): Promise<Example> {
    while (this.#ready.length === 0 && !this.#failure) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure) throw this.#failure;
    this.#worker.postMessage(1);
    return this.#ready.shift()!;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

function startWorker(series: Series): Worker {
  // A thread does not inherit the loader by which this module was read.
  const loader = import.meta.resolve("tsx/esm/api");
  const start = `import { register } from "${loader}"; register(); await import("${import.meta.url}");`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(start)}`);
  return new Worker(url, { workerData: series, execArgv: [] });
}

if (!isMainThread && parentPort) {
  const port = parentPort;
  const { seed, amounts } = workerData as Series;
  let index = 0;
  port.on("message", (wanted: number) => {
    for (let i = 0; i < wanted; i++) {
      const scene = sceneOf("train", seed, index++, SCENE, SCENE, amounts);
      const example: Example = { plane: scene.plane.pixels, mask: tileMask(scene), loss: Infinity };
      port.postMessage(example);
    }
  });
}
