import { guarded } from "../guarded.js";
import type { Logger } from "../ports.js";

/** A logger that throws loses that line and nothing else: whoever would be told of it is the logger. */
export function harmlessLogger(logger: Logger): Logger {
  const at =
    (level: keyof Logger): Logger[keyof Logger] =>
    (message, data) =>
      guarded(
        () => (data === undefined ? logger[level](message) : logger[level](message, data)),
        () => undefined,
      );
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
