import { createServer } from "node:net";
import { codec, configure, defaultRing, type Envelope, type Message } from "@chordnet/core";
import { messages } from "@chordnet/simulator/testing";
import fc from "fast-check";
import type { Attack, Outcome, Settings } from "../attack.js";
import { Losses } from "../attack.js";
import { served } from "../load.js";
import { Ring } from "../ring.js";
import { client, dial, frame, hello, kinds, refusalCode } from "../stranger.js";

/** Messages in others' names, and such as only members may send. */
export const forge: Attack = {
  name: "forge",
  must: "forged notifies, neighbours, answers and leaves change no lookup; nobody speaks in a member's name",
  run: async ({ seed }: Settings): Promise<Outcome> => {
    const ring = await Ring.of(4);
    try {
      return await attack(ring, seed);
    } finally {
      ring.close();
    }
  },
};

async function attack(ring: Ring, seed: number): Promise<Outcome> {
  const losses = new Losses();
  const addresses = ring.members.map(({ address }) => address);
  const meanwhile = served(addresses, servedMs, inFlight);
  const answers: string[] = [];
  for (const victim of addresses) {
    for (const claimed of addresses.filter((address) => address !== victim)) {
      answers.push(await inTheNameOf(claimed, victim));
    }
  }
  losses.unless(
    answers.every((code) => code === "address-taken"),
    `who repeated a member's hello was told: ${[...new Set(answers)].join(", ")}`,
  );
  const forged = await fromClients(addresses, seed);
  const nobody = await outOfNowhere(addresses[0] ?? "");
  losses.unless(nobody === "address-unreachable", `who claims a closed port was told: ${nobody}`);
  const { right, wrong, failed } = await meanwhile;
  losses.unless(wrong + failed === 0, `${wrong} lookups wrong, ${failed} failed`);
  losses.unless(
    ring.members.every((member) => member.isAlive()),
    "a member ended",
  );
  return {
    tried: `every member's hello repeated at every other; ${forged.toLocaleString("en")} messages of every kind by clients`,
    figures: {
      "hellos repeated, all refused as": [...new Set(answers)].join(", "),
      "lookups right meanwhile": right,
    },
    lost: losses.found,
  };
}

/** What is known of a member by anybody: its hello, incarnation and all. */
async function inTheNameOf(claimed: string, victim: string): Promise<string> {
  const asked = await dial(claimed);
  asked.write(hello(null, { probe: true }));
  const known = (await asked.frame(kinds.hello)) ?? new Uint8Array(0);
  asked.close();
  const stranger = await dial(victim);
  // Word by word, with a ticket that was guessed.
  stranger.write(frame(kinds.hello, known));
  stranger.write(frame(kinds.ticket, new Uint8Array(16)));
  stranger.write(frame(kinds.accept, new Uint8Array(0)));
  const code = refusalCode(await stranger.frame(kinds.refusal));
  stranger.close();
  return code;
}

async function outOfNowhere(victim: string): Promise<string> {
  const server = createServer().listen({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  await new Promise((resolve) => server.close(resolve));
  const stranger = await dial(victim);
  stranger.write(hello(`tcp://127.0.0.1:${port}`));
  return refusalCode(await stranger.frame(kinds.refusal));
}

/** All that members say to each other about the members that there are, said by clients. */
async function fromClients(addresses: ReadonlyArray<string>, seed: number): Promise<number> {
  const config = configure(defaultRing);
  const speaks = codec({ space: config.space, naming: config.naming });
  const { byTag } = messages(config.space, config.naming, undefined, {
    address: fc.constantFrom(...addresses),
  });
  let sent = 0;
  for (const address of addresses) {
    const stranger = await client(address);
    for (const message of Object.values(byTag) as ReadonlyArray<fc.Arbitrary<Message>>) {
      for (const drawn of fc.sample(message, { seed, numRuns: perKind })) {
        const envelope: Envelope = { from: 0, to: 0, message: drawn };
        stranger.write(frame(kinds.data, speaks.encode(envelope).slice()));
        sent += 1;
      }
    }
  }
  return sent;
}

const perKind = 250;
const servedMs = 12_000;
const inFlight = 8;
