import { defineConfig } from "vitest/config";

const tests = "{packages/*,attacks,scenes,experiments,bench,scripts}/test/**/*.test.ts";
const endToEnd = "{packages/*,scenes,examples}/test/**/*.e2e.test.ts";

// End-to-end tests start real processes and watch real clocks: they come last, one file at a time, so that
// busy property tests cannot make them late.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [tests],
          exclude: [endToEnd],
          setupFiles: ["vitest.setup.ts"],
          // Room for properties with many runs on a busy machine; nothing waits for this long on purpose.
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "e2e",
          include: [endToEnd],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
