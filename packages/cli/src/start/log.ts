import type { Logger } from "chordnet";
import { oneLine, reasonOf } from "../failure.js";
import type { Terminal } from "../terminal.js";

export const logLevels: ReadonlyArray<string> = ["trace", "debug", "info", "warn", "error", "silent"];

/** Logs on standard error: sentences on a terminal, JSON lines with all the data elsewhere. */
export async function logger({ io, err }: Terminal, level: string | undefined): Promise<Logger> {
  const { pino } = await import("pino");
  const told = level ?? io.env.CHORDNET_LOG;
  const options = { level: told !== undefined && logLevels.includes(told) ? told : "warn", base: null };
  const log = err.isTerminal ? pino(options, await pretty(err)) : pino(options, err.stream);
  const at =
    (name: keyof Logger): Logger[keyof Logger] =>
    (message, data) => {
      if (err.isTerminal) log[name](sentence(message, data));
      else log[name](data, message);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** A person wants to know why, and not from where. */
function sentence(message: string, data: unknown): string {
  return oneLine(data instanceof Error ? `${message}: ${reasonOf(data)}` : message);
}

async function pretty(err: Terminal["err"]): Promise<NodeJS.WritableStream> {
  const { default: prettyStream } = await import("pino-pretty");
  return prettyStream({
    colorize: err.colors.isColorSupported,
    translateTime: "HH:MM:ss",
    destination: err.stream,
  });
}
