import fc from "fast-check";

// The same cases in every run, so that a change is to blame when a property fails. `FC_SEED=random` draws fresh ones,
// and `FC_SEED=<number>` repeats those of a run that failed.
const { FC_SEED = "20240" } = process.env;
if (FC_SEED !== "random") fc.configureGlobal({ seed: Number(FC_SEED) });
