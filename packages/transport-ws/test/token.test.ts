import { authority } from "@chordnet/authority";
import type { Endpoint, Transport } from "@chordnet/transport";
import { transportOf } from "@chordnet/transport";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { browserDriver } from "../src/browser.js";
import { wss } from "../src/wss.js";

const endpoints = new Set<Endpoint>();

const open = async (transport: Transport): Promise<Endpoint> => {
  const endpoint = await transport.open({
    incarnation: 1,
    describe: () => new Uint8Array(0),
    versions: [1, 1],
    judge: () => null,
    onEvent: () => undefined,
  });
  endpoints.add(endpoint);
  return endpoint;
};

afterEach(async () => {
  await Promise.all([...endpoints].map((endpoint) => endpoint.close()));
  endpoints.clear();
});

const issued = await (await authority("the page's")).issue(["127.0.0.1"]);

/** A browser that believes the authority, and has no certificate. */
class Trusting extends WebSocket {
  constructor(address: string) {
    super(address, { ca: issued.ca });
  }
}

const page = (token: string | null): Transport =>
  transportOf({ ...browserDriver("wss", () => Trusting), token: () => token });

const here = { host: "127.0.0.1", port: 0 };
const token = "a token of 16 bytes or more";

describe("a token", () => {
  it("lets a client in that shows no certificate, and no other token does", async () => {
    const node = await open(wss({ ...issued, token }, here));
    const address = String(node.address);
    const told = (credentials: string | null) =>
      open(page(credentials)).then((client) => client.greet(address));
    expect((await told(token))._tag).toBe("Right");
    for (const wrong of [null, "", `${token}.`, "another token of 16"])
      expect(await told(wrong)).toMatchObject({ left: { refusal: { code: "credentials" } } });
  });

  it("makes nobody a member", async () => {
    const node = await open(wss({ ...issued, token }, here));
    const stranger = await open(wss({ ca: issued.ca, token }));
    expect((await stranger.greet(String(node.address)))._tag).toBe("Right");
    const other = await (await authority("another")).issue(["127.0.0.1"]);
    const claimant = await open(wss({ ...other, ca: issued.ca, token }, here));
    const greeted = await claimant.greet(String(node.address));
    expect(greeted).toMatchObject({ left: { refusal: { code: "credentials" } } });
  });

  it.each(["15 bytes of text", "x".repeat(256)].map((text, i) => [i === 0 ? text.slice(1) : text]))(
    "has 16 to 255 bytes: not %s",
    (wrong) => {
      expect(() => wss({ ...issued, token: wrong })).toThrow("16 to 255 bytes");
    },
  );
});
