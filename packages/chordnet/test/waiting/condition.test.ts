import { describe, expect, it } from "vitest";
import { Condition } from "../../src/waiting/condition.js";
import { settled } from "../fake-clock.js";

describe("a condition", () => {
  it("wakes all that wait when it comes true, and not before", async () => {
    let open = 2;
    const condition = new Condition(() => open === 0);
    const woken: string[] = [];
    for (const name of ["first", "second"]) void condition.holds().then(() => woken.push(name));
    open = 1;
    condition.check();
    await settled();
    expect(woken).toEqual([]);
    open = 0;
    condition.check();
    await settled();
    expect(woken).toEqual(["first", "second"]);
    await condition.holds();
  });

  it("that is false again before who waits has run is waited for again", async () => {
    let holds = true;
    const condition = new Condition(() => holds);
    holds = false;
    const waiting = condition.holds().then(() => "woken");
    holds = true;
    condition.check();
    holds = false;
    await settled();
    holds = true;
    condition.check();
    expect(await waiting).toBe("woken");
  });
});
