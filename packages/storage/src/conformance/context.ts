import type { EntryName } from "@chordnet/core";
import { defaultRing, id, space } from "@chordnet/core";
import type { Page, StorageRing, Volume } from "../storage.js";
import { StorageError, type StorageErrorCode } from "../storage-error.js";
import type { Subject, TestRunner } from "./subject.js";

/** What the parts of the suite share. */
export class Context {
  readonly subject: Subject;
  readonly runner: TestRunner;

  constructor(subject: Subject, runner: TestRunner) {
    this.subject = subject;
    this.runner = runner;
  }

  it(name: string, test: () => Promise<void>): void {
    this.runner.it(name, test);
  }

  /** A test on an empty volume of the usual ring, which is closed afterwards. */
  onVolume(name: string, test: (volume: Volume) => Promise<void>, quotaBytes?: number): void {
    this.it(name, async () => {
      const volume = await this.open(ring, quotaBytes);
      try {
        await test(volume);
      } finally {
        await volume.close();
      }
    });
  }

  async open(of: StorageRing, quotaBytes?: number): Promise<Volume> {
    const storage = await this.subject.storage(quotaBytes === undefined ? {} : { quotaBytes });
    return storage.open(of);
  }

  expect(actual: unknown): { toEqual(expected: unknown): void } {
    return this.runner.expect(actual);
  }

  async expectRejection(promise: Promise<unknown>, code: StorageErrorCode): Promise<void> {
    const outcome = await promise.then(
      () => "resolved",
      (error: unknown) => (error instanceof StorageError ? error.code : error),
    );
    this.expect(outcome).toEqual(code);
  }
}

export const ring: StorageRing = defaultRing;

const circle = space(ring.bits);

/** A name on the usual ring; `slot` 0 to 255 says where: the circle's first byte. */
export const nameAt = (slot: number, key: Uint8Array = Uint8Array.of(slot)): EntryName => ({
  id: id(circle, BigInt(slot) << BigInt(ring.bits - 8)),
  key,
});

export const everything: { readonly start: EntryName["id"]; readonly end: EntryName["id"] } = {
  start: nameAt(0).id,
  end: nameAt(0).id,
};

export const page: Page = { after: null, entriesMax: 1000, bytesMax: 1_000_000 };
