import { describe, expect, it } from "vitest";
import { JobLedger } from "../src/job-ledger.js";

/** A begun run's ticket. */
function begun(ledger: JobLedger, due: number, epoch: number): number {
  const ticket = ledger.begin("mail", due, epoch);
  if (ticket === null) throw new Error("it had been done");
  return ticket;
}

describe("JobLedger", () => {
  it("gives no ticket for what has been done", () => {
    const ledger = new JobLedger(1);
    ledger.end(begun(ledger, 1, 5), 1_400);
    expect(ledger.begin("mail", 1, 6)).toBeNull();
    expect(ledger.begin("mail", 0, 6)).toBeNull();
    expect(ledger.figures(["mail"], [1, 2])).toEqual({
      runs: 2,
      refused: 0,
      doneAfterMs: [400],
      missed: { checked: 1, unchecked: 1 },
      doubled: { checked: 0, unchecked: 0 },
    });
  });

  it("refuses who read before a higher epoch came, and counts what nobody would have refused", () => {
    const ledger = new JobLedger(1);
    const stopped = begun(ledger, 1, 5);
    expect(ledger.end(begun(ledger, 1, 6))).toBe(true);
    expect(ledger.end(stopped)).toBe(false);
    const { refused, doubled } = ledger.figures(["mail"], [1]);
    expect({ refused, doubled }).toEqual({ refused: 1, doubled: { checked: 0, unchecked: 1 } });
  });

  it("lets a run be done by the next owner whose first one was refused", () => {
    const ledger = new JobLedger(1);
    const stopped = begun(ledger, 1, 5);
    begun(ledger, 2, 6);
    ledger.end(stopped);
    ledger.end(begun(ledger, 1, 6));
    const { missed, doubled } = ledger.figures(["mail"], [1]);
    expect({ missed, doubled }).toEqual({
      missed: { checked: 0, unchecked: 0 },
      doubled: { checked: 0, unchecked: 0 },
    });
  });

  it("has no run under a ticket that it never gave", () => {
    expect(() => new JobLedger(1).end(0)).toThrow(RangeError);
  });
});
