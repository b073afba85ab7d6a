import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { ElpisError } from "../../base/index.js";
import {
  errorOf,
  type Failure,
  failureOf,
  type Result,
  type RunSettings,
  type Task,
  TaskRunner,
} from "./tasks.js";

/** Tasks on their way to one thread: it has the next at hand when it finishes one. */
const AHEAD = 2;
/** The main thread does no larger task itself: the others must not wait for it to hand out theirs. */
const MAIN_THREAD_BYTES = 64 * 1024 * 1024;

/** Takes a result in the main thread. What it throws ends the run. */
export type TakeResult = (result: Result, task: Task) => void;

interface Thread {
  readonly worker: Worker;
  /** Sent and not answered, oldest first. */
  readonly sent: { readonly task: Task; readonly take: TakeResult }[];
}

/** For `jobs` tasks at a time: the main thread does its share, so that one job needs no other thread. */
export async function openPool(jobs: number, settings: RunSettings): Promise<Pool> {
  const own = await TaskRunner.open(settings);
  return new Pool(Math.max(0, jobs - 1), () => startWorker(settings), own);
}

/** Runs tasks in worker threads, and in the main thread where it has a runner of its own. */
export class Pool {
  readonly size: number;
  readonly #threads: readonly Thread[];
  readonly #own: TaskRunner | undefined;
  #failed: Error | undefined;
  #closing = false;
  /** Called whenever a thread has answered or died. */
  #wake: () => void = () => {};

  constructor(threads: number, start: () => Worker, own?: TaskRunner) {
    this.size = threads + (own ? 1 : 0);
    this.#own = own;
    this.#threads = Array.from({ length: threads }, () => ({ worker: start(), sent: [] }));
    for (const thread of this.#threads) {
      thread.worker.on("message", (answer: Result | Failure) => this.#answered(answer, thread));
      thread.worker.on("error", (error) => this.#died(error));
      thread.worker.on("exit", () => this.#died(undefined));
    }
  }

  /**
   * Runs all tasks, taken from the list as threads become free, and hands over each result as it comes.
   * Rejects at the first failure; what other threads do then is not waited for.
   */
  async run(tasks: Iterable<Task>, take: TakeResult): Promise<void> {
    const queue = tasks[Symbol.iterator]();
    let next = queue.next();
    for (;;) {
      this.#throwIfFailed();
      for (let ahead = 1; ahead <= AHEAD; ahead++) {
        for (const thread of this.#threads) {
          if (next.done || thread.sent.length >= ahead) continue;
          this.#send(thread, next.value, take);
          next = queue.next();
        }
      }
      if (
        !next.done &&
        this.#own &&
        (this.#threads.length === 0 || bytesOf(next.value) <= MAIN_THREAD_BYTES)
      ) {
        take(runHere(this.#own, next.value), next.value);
        next = queue.next();
        // Answers of the threads and signals come in between two tasks.
        await setImmediate();
      } else if (this.#busy) await this.#answer();
      else if (next.done) return;
    }
  }

  /** One `collect` in every thread. */
  async collect(take: TakeResult): Promise<void> {
    const task: Task = { kind: "collect" };
    for (const thread of this.#threads) this.#send(thread, task, take);
    if (this.#own) take(runHere(this.#own, task), task);
    for (;;) {
      this.#throwIfFailed();
      if (!this.#busy) return;
      await this.#answer();
    }
  }

  /** Lets `run` and `collect` reject with this error as soon as what the main thread has in hand is done. */
  fail(error: Error): void {
    this.#failed ??= error;
    this.#wake();
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  get #busy(): boolean {
    return this.#threads.some(({ sent }) => sent.length > 0);
  }

  #send(thread: Thread, task: Task, take: TakeResult): void {
    thread.sent.push({ task, take });
    thread.worker.postMessage(task);
  }

  /** The next answer or death of a thread. */
  #answer(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #answered(answer: Result | Failure, { sent }: Thread): void {
    const step = sent.shift();
    if (this.#failed || !step) return;
    if (answer.kind === "failed") this.#failed = errorOf(answer);
    else {
      try {
        step.take(answer, step.task);
      } catch (error) {
        this.#failed = error as Error;
      }
    }
    this.#wake();
  }

  #died(error: Error | undefined): void {
    if (this.#closing || this.#failed) return;
    const code = (error as { code?: string } | undefined)?.code;
    const why = code === "ERR_WORKER_OUT_OF_MEMORY" ? "it ran out of memory" : "its work was lost";
    this.#failed = new ElpisError(
      "WORKER_DIED",
      `a worker thread ended: ${why}; run again with --resume, and with fewer --jobs if memory is short`,
      error ? { cause: error } : undefined,
    );
    this.#wake();
  }

  #throwIfFailed(): void {
    if (this.#failed) throw this.#failed;
  }
}

/** As a thread would: what is no ElpisError may quote a value, and is not passed on. */
function runHere(runner: TaskRunner, task: Task): Result {
  try {
    return runner.run(task);
  } catch (error) {
    throw errorOf(failureOf(error));
  }
}

/** Bytes that a task reads; the first pass reads heads alone. */
function bytesOf(task: Task): number {
  const sum = (files: readonly { readonly size: number }[]) =>
    files.reduce((bytes, { size }) => bytes + size, 0);
  if (task.kind === "hash") return sum(task.files);
  return task.kind === "apply" ? task.slices.reduce((bytes, { files }) => bytes + sum(files), 0) : 0;
}

/** Beside this module: worker.js where the package was built, worker.ts where tsx or vitest runs the source. */
function startWorker(settings: RunSettings): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    return new Worker(new URL("./worker.js", import.meta.url), { workerData: settings });
  }
  // A thread does not inherit the loader by which this module was read.
  const loader = import.meta.resolve("tsx/esm/api");
  const source = new URL("./worker.ts", import.meta.url).href;
  const start = `import { register } from "${loader}"; register(); await import("${source}");`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(start)}`);
  return new Worker(url, { workerData: settings, execArgv: [] });
}
