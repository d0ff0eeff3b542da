import { createReadStream } from "node:fs";
import { failed, refusalOf } from "../failure.js";

/** No line of a recording is longer: a file without line ends must not fill the memory. */
const lineLengthMax = 1 << 24;

/**
 * Calls `take` with each whole line, until it says that this is enough. Gives how many bytes lie behind the last line
 * end: a line that was not finished, where the writer was killed.
 */
export async function readLines(path: string, take: (line: string) => boolean): Promise<number> {
  let rest = "";
  try {
    for await (const chunk of createReadStream(path, { encoding: "utf8" })) {
      rest += chunk;
      if (rest.length > lineLengthMax) throw new Error(`it has a line longer than ${lineLengthMax}`);
      if (!chunk.includes("\n")) continue;
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      if (!lines.every(take)) return 0;
    }
  } catch (error) {
    throw failed(`cannot read ${path}: ${refusalOf(error)}`);
  }
  return Buffer.byteLength(rest);
}
