import type { Logger } from "chordnet";
import { oneLine, reasonOf, wrongUsage } from "../failure.js";
import type { Environment, Terminal } from "../terminal.js";
import { visible } from "../terminal.js";

export const logLevels: ReadonlyArray<string> = ["trace", "debug", "info", "warn", "error", "silent"];

/**
 * Logs on standard error: sentences on a terminal, JSON lines with all the data elsewhere. Throws a `Failure` for a
 * level in the environment that is none.
 */
export async function logger({ io, err }: Terminal, level: string | undefined): Promise<Logger> {
  const options = { level: level ?? levelOf(io.env), base: null };
  const { pino } = await import("pino");
  const log = err.isTerminal ? pino(options, await pretty(err)) : pino(options, err.stream);
  const at =
    (name: keyof Logger): Logger[keyof Logger] =>
    (message, data) => {
      if (err.isTerminal) log[name](sentence(message, data));
      else log[name](data, message);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function levelOf({ CHORDNET_LOG: level }: Environment): string {
  if (level === undefined || level === "") return "warn";
  if (logLevels.includes(level)) return level;
  throw wrongUsage(`CHORDNET_LOG is ${visible(level)}, and has to be one of ${logLevels.join(", ")}`);
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
