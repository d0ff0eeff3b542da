import type { StoreConditions } from "../../src/schedule/scenario.js";

/** Stores that lose nothing by themselves, on quick disks; members are lost one after another. */
export const steady: StoreConditions = {
  copies: 3,
  tombstoneMs: 3_600_000,
  diskMs: [0.1, 10],
  callLoss: 0,
  writeLoss: 0,
  spaced: true,
};
