import { getSystemErrorMap } from "node:util";

/** The system's own words for what it refused. An error's message names call and address once more. */
export const systemWords = (error: NodeJS.ErrnoException): string =>
  getSystemErrorMap().get(error.errno ?? 0)?.[1] ?? error.message;
