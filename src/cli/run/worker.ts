import { parentPort, workerData } from "node:worker_threads";
import { failureOf, type RunSettings, type Task, TaskRunner } from "./tasks.js";

// The other end is Pool in pool.ts: one answer for each task, in order.
const port = parentPort;
if (port) {
  const runner = await TaskRunner.open(workerData as RunSettings);
  port.on("message", (task: Task) => {
    try {
      port.postMessage(runner.run(task));
    } catch (error) {
      port.postMessage(failureOf(error));
    }
  });
}
