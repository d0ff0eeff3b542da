import type { Context } from "./context.js";
import { bytesOf } from "./station.js";

export const greetSuite = (context: Context): void => {
  context.it("tells the hello of an address, judged by nobody, and leaves nothing open", async () => {
    const judge = () => ({ code: "other-ring", detail: "" });
    const a = await context.node({ judge });
    const b = await context.node({ judge, incarnation: 7, describe: () => bytesOf("I am b") });
    const greeted = await a.endpoint.greet(b.address);
    context.expect(greeted).toEqual({
      _tag: "Right",
      right: { versions: [1, 1], address: b.address, incarnation: 7, payload: bytesOf("I am b") },
    });
    await a.until(() => a.endpoint.connections().every(({ state }) => state === "leaving"));
    context.expect([a.events, b.events]).toEqual([[], []]);
  });

  context.it("uses an open connection", async () => {
    const a = await context.node();
    const b = await context.node();
    a.send(b, "hi");
    await a.event("Connected");
    const before = a.endpoint.connections().length;
    const greeted = await a.endpoint.greet(b.address);
    context.expect([greeted._tag, a.endpoint.connections().length]).toEqual(["Right", before]);
  });

  context.it("answers all who ask at the same time", async () => {
    const a = await context.client();
    const b = await context.node();
    const greeted = await Promise.all([1, 2, 3].map(() => a.endpoint.greet(b.address)));
    context.expect(greeted.map(({ _tag }) => _tag)).toEqual(["Right", "Right", "Right"]);
  });

  context.it("fails where nobody listens, and at an address that is none", async () => {
    const a = await context.node();
    const nowhere = await context.subject.place();
    const failures = await Promise.all(
      [nowhere.address, "gopher://example.org:70", "nonsense"].map((address) => a.endpoint.greet(address)),
    );
    context
      .expect(failures.map((failure) => (failure._tag === "Left" ? failure.left.reason : "answered")))
      .toEqual(["refused", "bad-address", "bad-address"]);
  });

  context.it("does not greet itself", async () => {
    const a = await context.node();
    const greeted = await a.endpoint.greet(a.address);
    context.expect(greeted._tag === "Left" && greeted.left.reason).toEqual("self");
    a.send(a, "hi");
    context.expect((await a.event("SendFailed")).reason).toEqual("self");
  });
};
