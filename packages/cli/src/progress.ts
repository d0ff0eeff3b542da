import cliProgress from "cli-progress";
import type { Output } from "./terminal.js";

/** How far long work has come, for a person who waits. Silent where nobody looks. */
export interface Progress {
  /** `total` may grow while the work comes in; `note` says what is being done. */
  show(done: number, total: number, note?: string): void;
  stop(): void;
}

export function progress(output: Output, title: string): Progress {
  if (!output.isTerminal) return { show: () => undefined, stop: () => undefined };
  const { bold, cyan, dim } = output.colors;
  const bar = new cliProgress.SingleBar({
    format: `${bold(title)} ${cyan("{bar}")} {value}/{total} ${dim("{note}")}`,
    barCompleteChar: "━",
    barIncompleteChar: " ",
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stream: output.stream,
    linewrap: false,
  });
  let started = false;
  return {
    show: (done, total, note = "") => {
      if (!started) bar.start(total, done, { note });
      else {
        bar.setTotal(total);
        bar.update(done, { note });
      }
      started = true;
    },
    stop: () => {
      if (started) bar.stop();
      started = false;
    },
  };
}
