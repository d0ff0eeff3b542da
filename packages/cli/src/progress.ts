import { Writable } from "node:stream";
import cliProgress from "cli-progress";
import type { Output, Sink } from "./terminal.js";

/** How far long work has come, for a person who waits. Silent where nobody looks. */
export interface Progress {
  /** `total` may grow while the work comes in; `note` says what is being done. */
  show(done: number, total: number, note?: string): void;
  stop(): void;
}

/** `blocking`: the work lets no signal handler run, so that a signal must find the terminal as it was. */
export function progress(output: Output, title: string, blocking = false): Progress {
  if (!output.isTerminal) return { show: () => undefined, stop: () => undefined };
  const { bold, cyan, dim } = output.colors;
  const bar = new cliProgress.SingleBar({
    format: (_, { progress, value, total }, { note }) => {
      const drawn = "━".repeat(Math.round(progress * barColumns)).padEnd(barColumns);
      const counted = `${value}/${total}`;
      const room = output.columns - `${title} ${drawn} ${counted} `.length;
      return `${bold(title)} ${cyan(drawn)} ${counted} ${dim(String(note).slice(0, Math.max(0, room)))}`;
    },
    hideCursor: !blocking,
    clearOnComplete: true,
    stream: blocking ? uncut(output.stream) : output.stream,
    linewrap: blocking,
  });
  let started = false;
  const stop = (): void => {
    process.off("exit", stop);
    for (const signal of signals) process.off(signal, interrupted);
    if (started) bar.stop();
    started = false;
  };
  const interrupted = (signal: NodeJS.Signals): void => {
    stop();
    // Nobody else wants the signal: then it ends the process, as it does where no bar is shown.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  return {
    show: (done, total, note = "") => {
      if (!started) {
        bar.start(total, done, { note });
        // However the process ends, the terminal gets its cursor and its line wrap back.
        process.once("exit", stop);
        if (!blocking) for (const signal of signals) process.once(signal, interrupted);
      } else {
        bar.setTotal(total);
        bar.update(done, { note });
      }
      started = true;
    },
    stop,
  };
}

const barColumns = 24;

/**
 * Where lines may wrap, the bar's library cuts them, and counts colours as columns. Ours fit as they are. What is
 * written is passed on at once: no callback runs while the work does.
 */
function uncut(stream: Sink): Writable {
  const written = new Writable({
    write: (chunk: Buffer, _, done) => {
      stream.write(chunk);
      done();
    },
  });
  return Object.assign(written, { isTTY: true, columns: Number.POSITIVE_INFINITY });
}

const signals: ReadonlyArray<"SIGINT" | "SIGTERM"> = ["SIGINT", "SIGTERM"];
