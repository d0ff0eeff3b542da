/** Jobs of the scene of that name, each due once a second. */
export const jobNames: ReadonlyArray<string> = Array.from({ length: 64 }, (_, i) => `job-${i}`);

/** How long a run takes. */
export const workMs = 400;
