import { expect, it } from "vitest";
import { Tickets } from "../../src/admission/tickets.js";

it("are the same for an address each time, and others for every other address and giver", () => {
  const [ours, theirs] = [new Tickets(4), new Tickets(4)];
  const ticket = ours.give("memory://a");
  expect(ticket.length).toEqual(16);
  expect(ours.give("memory://a")).toEqual(ticket);
  expect(ours.proves("memory://a", ticket)).toEqual(true);
  expect(ours.proves("memory://b", ticket)).toEqual(false);
  expect(theirs.proves("memory://a", ticket)).toEqual(false);
  expect(ours.proves("memory://a", new Uint8Array(0))).toEqual(false);
});

it("prove an address however many were given since", () => {
  const tickets = new Tickets(1);
  const ticket = tickets.give("memory://a");
  for (let i = 0; i < 10_000; i += 1) tickets.give(`memory://${i}`);
  expect(tickets.proves("memory://a", ticket)).toEqual(true);
});

it("are held for the address that gave them, and of the latest only", () => {
  const tickets = new Tickets(2);
  const [first, second] = [Uint8Array.of(1, 255), Uint8Array.of(2)];
  tickets.hold("memory://a", first);
  tickets.hold("memory://a", second);
  expect(tickets.heldFrom("memory://a")).toEqual(second);
  expect(tickets.heldFrom("memory://b")).toEqual(new Uint8Array(0));
  tickets.hold("memory://b", first);
  tickets.hold("memory://c", first);
  expect(tickets.heldFrom("memory://a")).toEqual(new Uint8Array(0));
  expect(tickets.heldFrom("memory://c")).toEqual(first);
});
