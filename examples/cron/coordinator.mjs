// A RunCoordinator for node-cron 4.4 and newer: each job runs on the node that owns its name.

import { isChordNetError } from "chordnet";

/**
 * @param {import("chordnet").ChordNet} ring
 * @returns {import("node-cron").RunCoordinator & { held(context: import("node-cron").TaskContext):
 * import("chordnet").Held }}
 */
export function coordinator(ring) {
  const runs = new Map();
  return {
    // Ownership is held until onComplete: leave() waits for the run. While nobody owns the job, because its owner has
    // just died, this waits for the next one; if that takes too long it rejects, and node-cron does not run.
    shouldRun: (run) =>
      new Promise((resolve, reject) => {
        const hold = (held) =>
          new Promise((end) => {
            runs.set(run, { held, end });
            resolve(true);
          });
        ring
          .withOwnership(jobOf(run), hold)
          .catch((error) => (isChordNetError(error, "NOT_OWNER") ? resolve(false) : reject(error)));
      }),

    onComplete(run) {
      runs.get(run).end();
      runs.delete(run);
    },

    /** For the job itself: the epoch to fence with, and the signal that says that the job is another's now. */
    held: ({ task, date }) => runs.get(`${task.name}:${date.toISOString()}`).held,
  };
}

/** node-cron's key of a run is the job's name and the time it was due: `nightly:2026-01-31T03:00:00.000Z`. */
function jobOf(run) {
  return run.slice(0, -":2026-01-31T03:00:00.000Z".length);
}
