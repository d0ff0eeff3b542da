import type { Storage, Volume } from "@chordnet/storage";
import { memoryStorage, StorageError } from "@chordnet/storage";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/ports.js";
import { Vault } from "../../src/store/vault.js";
import { FakeClock, settled } from "../fake-clock.js";
import { failure } from "../rings.js";

const ring = { name: "ring", bits: 160, hash: "sha256" } as const;
const never = new Promise<never>(() => undefined);

/** A storage whose volume does some things in another way, and what its vault says. */
function vaultOf(
  change: Partial<Volume>,
  open: (volume: Volume) => Promise<Volume> = async (volume) => volume,
) {
  const storage: Storage = {
    open: async (of) => {
      const volume = await memoryStorage().open(of);
      const bound = { close: () => volume.close(), company: () => volume.company() };
      return open({ ...bound, ...change } as Volume);
    },
  };
  const clock = new FakeClock();
  const said: string[] = [];
  const logger = { ...silentLogger, error: (message: string) => void said.push(message) };
  return { vault: new Vault({ storage, clock, logger }), clock, said };
}

describe("a vault", () => {
  it("says of whatever a storage rejects with that it is unusable", async () => {
    const plain = vaultOf({}, () => Promise.reject(new Error("no such disk")));
    const { code, data } = await failure(() => plain.vault.open(ring));
    expect([code, data]).toEqual(["STORAGE_UNUSABLE", { reason: "failed", detail: "Error: no such disk" }]);
    const { vault } = vaultOf({ company: () => Promise.reject(new StorageError("corrupt", "torn")) });
    await vault.open(ring);
    expect((await failure(() => vault.company())).data).toEqual({ reason: "corrupt", detail: "torn" });
  });

  it("opens again what did not open once", async () => {
    let tries = 0;
    const { vault } = vaultOf({}, async (volume) => {
      tries += 1;
      if (tries === 1) throw new StorageError("locked", "somebody has it");
      return volume;
    });
    expect((await failure(() => vault.open(ring))).code).toBe("STORAGE_UNUSABLE");
    await vault.open(ring);
    expect(await vault.open(ring)).toBe(await vault.open(ring));
    expect(tries).toBe(2);
  });

  it("closes whatever the storage says, and tells of it", async () => {
    const { vault, said, clock } = vaultOf({ close: () => Promise.reject(new StorageError("failed", "no")) });
    await vault.open(ring);
    await vault.close();
    expect([said, clock.pending]).toEqual([["the storage could not be closed"], 0]);
  });

  it.each([
    ["does not close", vaultOf({ close: () => never })],
    ["does not open", vaultOf({}, () => never)],
  ])("waits no longer than 2 s for one that %s", async (_, { vault, clock, said }) => {
    void vault.open(ring);
    await settled();
    let closed = false;
    const closing = vault.close().then(() => {
      closed = true;
    });
    await clock.advance(1_999);
    expect(closed).toBe(false);
    await clock.advance(1);
    await closing;
    expect(said).toEqual(["the storage has not closed within 2000 ms: it is left as it is"]);
  });
});
