import { PassThrough, Readable } from "node:stream";
import { run } from "../src/run.js";
import type { Stops } from "../src/start/stopping.js";
import type { Environment, Io, Sink, Terminal } from "../src/terminal.js";
import { terminal } from "../src/terminal.js";

/** What a command printed. */
export interface Screen {
  readonly io: Io;
  readonly terminal: Terminal;
  stdout(): string;
  stderr(): string;
}

interface Setting {
  readonly stdin?: string;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: Environment;
}

/** Streams that remember what was written to them, a terminal or not. */
export function screen({ stdin = "", isTTY = false, columns = 80, env = {} }: Setting = {}): Screen {
  const [stdout, out] = sink(isTTY, columns);
  const [stderr, err] = sink(isTTY, columns);
  const io: Io = { stdin: Readable.from([Buffer.from(stdin)]), stdout, stderr, env };
  return { io, terminal: terminal(io), stdout: out, stderr: err };
}

function sink(isTTY: boolean, columns: number): [Sink, () => string] {
  const written: Buffer[] = [];
  const stream = new PassThrough();
  stream.on("data", (chunk: Buffer) => written.push(chunk));
  stream.resume();
  return [Object.assign(stream, { isTTY, columns }), () => Buffer.concat(written).toString("utf8")];
}

const neverStops: Stops = { onRequest: () => () => undefined, exit: () => undefined };

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export async function ran(args: ReadonlyArray<string>, setting?: Setting): Promise<Ran> {
  const shown = screen(setting);
  const status = await run(args, shown.io, neverStops);
  await new Promise((resolve) => setImmediate(resolve));
  return { status, stdout: shown.stdout(), stderr: shown.stderr() };
}
