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
  const [{ pino }, { isChordNetError }] = await Promise.all([import("pino"), import("chordnet")]);
  /** Of what the library foresees there is no place in the code to look at. */
  const plain = (data: unknown): unknown =>
    isChordNetError(data) ? { code: data.code, reason: reasonOf(data) } : data;
  const log = err.isTerminal ? pino(options, await pretty(err)) : pino(options, err.stream);
  const at =
    (name: keyof Logger): Logger[keyof Logger] =>
    (message, data) => {
      if (err.isTerminal) log[name](sentence(message, data));
      else log[name](plain(data), message);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function levelOf({ CHORDNET_LOG: level }: Environment): string {
  if (level === undefined || level === "") return "warn";
  if (logLevels.includes(level)) return level;
  throw wrongUsage(`CHORDNET_LOG is ${visible(level)}, and has to be one of ${logLevels.join(", ")}`);
}

/** What a person reads: what happened, to whom and why; and not from where in the code. */
export function sentence(message: string, data: unknown): string {
  if (data instanceof Error) return oneLine(`${message}: ${reasonOf(data)}`);
  const said = particulars(data ?? {});
  return oneLine(said.length === 0 ? message : `${message} (${said.join(", ")})`);
}

/** Whom a message is about and why, where its data alone say so; `untold`: how often it was kept back before. */
function particulars({ peer, remote, code, detail, error, untold }: Particulars): ReadonlyArray<string> {
  const reason = error instanceof Error ? reasonOf(error) : error?._tag;
  const more = untold === undefined || untold === 0 ? undefined : `${untold} more like it before`;
  const words = [peer ?? remote, code, detail, reason, more].filter((word) => word !== undefined);
  return words.filter((word) => word !== "");
}

interface Particulars {
  readonly peer?: string | null;
  readonly remote?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly error?: Error | { readonly _tag: string };
  readonly untold?: number;
}

async function pretty(err: Terminal["err"]): Promise<NodeJS.WritableStream> {
  const { default: prettyStream } = await import("pino-pretty");
  return prettyStream({
    colorize: err.colors.isColorSupported,
    translateTime: "HH:MM:ss",
    destination: err.stream,
  });
}
