/** Something that the user can do something about: one line that says what, and the exit status that goes with it. */
export class Failure extends Error {
  override readonly name: string = "Failure";
  readonly status: 1 | 2;

  constructor(message: string, status: 1 | 2) {
    super(message);
    this.status = status;
  }
}

/** The command line itself is wrong: exit status 2. */
export function wrongUsage(message: string): Failure {
  return new Failure(message, 2);
}

/** The command line is right, but it did not work out: exit status 1. */
export function failed(message: string): Failure {
  return new Failure(message, 1);
}

/** One line of whatever was thrown. */
export function reasonOf(caught: unknown): string {
  const text = caught instanceof Error ? caught.message : String(caught);
  return oneLine(typed.reduce((words, [call, option]) => words.replace(call, option), text));
}

/** The same of what the system refused to do with a file that the sentence names: without its code and the name. */
export function refusalOf(caught: unknown): string {
  return reasonOf(caught).replace(/^E[A-Z0-9]+: ([^,]+), [a-z]+\b.*$/, "$1");
}

/** Without what a terminal obeys: words of other nodes may be in it. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ").replaceAll(/\p{Cc}/gu, "");
}

/** The library speaks to who writes a program; here, what it advises is typed as an option. */
const typed: ReadonlyArray<readonly [call: string | RegExp, option: string]> = [
  [
    /^(join|leave) (.*): try again, or give it a longer timeoutMs$/,
    "$1 $2: give it a longer --$1-timeout-ms",
  ],
  ["give it a longer timeoutMs", "give it a longer --timeout-ms"],
  [/^a key is .* within the ring, not one of/, "the key has"],
  ["(valueBytesMax)", "(--value-bytes-max)"],
  ["(minMembers)", "(--min-members)"],
  ["or create() the ring", "or found the ring with --create"],
];
