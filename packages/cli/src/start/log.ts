import type { Logger } from "chordnet";
import type { Terminal } from "../terminal.js";

export const logLevels: ReadonlyArray<string> = ["trace", "debug", "info", "warn", "error", "silent"];

/** Logs on standard error: lines for people on a terminal, JSON lines for machines elsewhere. */
export async function logger({ io, err }: Terminal, level: string | undefined): Promise<Logger> {
  const { pino } = await import("pino");
  const told = level ?? io.env.CHORDNET_LOG;
  const options = { level: told !== undefined && logLevels.includes(told) ? told : "warn", base: null };
  const log = err.isTerminal ? pino(options, await pretty(err)) : pino(options, err.stream);
  return {
    debug: (message, data) => log.debug(data, message),
    info: (message, data) => log.info(data, message),
    warn: (message, data) => log.warn(data, message),
    error: (message, data) => log.error(data, message),
  };
}

async function pretty(err: Terminal["err"]): Promise<NodeJS.WritableStream> {
  const { default: prettyStream } = await import("pino-pretty");
  return prettyStream({
    colorize: err.colors.isColorSupported,
    translateTime: "HH:MM:ss",
    destination: err.stream,
    singleLine: true,
  });
}
