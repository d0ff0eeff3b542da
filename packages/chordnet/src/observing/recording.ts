import type { Recorder } from "@chordnet/core";
import type { Logger } from "../ports.js";

/** A recorder that throws is told no more, and the log says so: the node lives on without it. */
export function harmlessRecorder(recorder: Recorder, logger: Logger): Recorder {
  let told: Recorder | null = recorder;
  const safely = (tell: (recorder: Recorder) => void): void => {
    try {
      if (told !== null) tell(told);
    } catch (error) {
      told = null;
      logger.error("the recorder threw: nothing is recorded any more", error);
    }
  };
  return {
    born: (birth) => safely((recorder) => recorder.born(birth)),
    stepped: (node, event, outcomes) => safely((recorder) => recorder.stepped(node, event, outcomes)),
  };
}
