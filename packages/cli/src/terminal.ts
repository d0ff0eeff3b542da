import picocolors from "picocolors";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Where a command reads and writes. Tests give it streams of their own. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Environment;
}

/** The variables that count. */
export interface Environment {
  readonly NO_COLOR?: string | undefined;
  readonly FORCE_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
  /** The level of logs. */
  readonly CHORDNET_LOG?: string | undefined;
  /** What pages show to be let in as clients. */
  readonly CHORDNET_TOKEN?: string | undefined;
  /** The ring's secret, or several of them, one a line. */
  readonly CHORDNET_SECRET?: string | undefined;
}

export type Sink = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly writableNeedDrain?: boolean | undefined;
};

/** One of the two outputs: how wide it is, and whether a person looks at it. */
export interface Output {
  readonly stream: Sink;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly colors: Colors;
  line(text?: string): void;
  /** One JSON object on a line of its own. */
  json(value: unknown): void;
}

export interface Terminal {
  readonly io: Io;
  readonly out: Output;
  readonly err: Output;
}

export function terminal(io: Io): Terminal {
  return { io, out: output(io.stdout, io.env), err: output(io.stderr, io.env) };
}

/** Of what others named, on a terminal: what would steer it is shown as its number. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** The same of a text that may have several lines: their ends and tabs stay. */
export function visibleText(text: string): string {
  return text.replace(/[^\t\n]+/g, (part) => visible(part));
}

/** Told the exit status of the command that ran. */
export type Settle = (status: number) => void;

/** Width of a page where nobody says otherwise: pipes, files. */
const pageColumns = 80;

function output(stream: Sink, env: Io["env"]): Output {
  const isTerminal = stream.isTTY === true;
  const write = (text: string): void => {
    stream.write(`${text}\n`);
  };
  return {
    stream,
    isTerminal,
    columns: isTerminal && stream.columns ? stream.columns : pageColumns,
    colors: picocolors.createColors(coloured(isTerminal, env)),
    line: (text = "") => write(text),
    json: (value) => write(written(value)),
  };
}

/** With what JSON itself leaves as it is, and a terminal obeys: DEL, and the controls behind it. */
function written(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f]/g,
    (control) => `\\u00${control.charCodeAt(0).toString(16)}`,
  );
}

/** https://no-color.org, https://force-color.org */
function coloured(isTerminal: boolean, env: Io["env"]): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return isTerminal && env.TERM !== "dumb";
}
