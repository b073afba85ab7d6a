import { defineConfig } from "vitest/config";

const hour = 60 * 60 * 1000;

export default defineConfig({
  test: {
    environment: "node",
    include: ["bench/**/*.test.ts", "src/**/*.test.ts", "test/**/*.test.ts", "scripts/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: process.env.SOAK === "1" ? 2 * hour : 120_000,
    hookTimeout: 120_000,
  },
});
