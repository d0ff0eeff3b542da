import { virtualAddress } from "@chordnet/core";
import { expect, it } from "vitest";
import { clientAddress, Ways } from "../../src/links/ways.js";
import { rings } from "../rings.js";

const { network } = rings();

const endpointAt = async (name: string) =>
  await network.transport({ name }).open({
    ...{ incarnation: 1, versions: [1, 1], describe: () => new Uint8Array(0), judge: () => null },
    onEvent: () => undefined,
  });

it("lead to a node over the first endpoint, and to a client over its own", async () => {
  const endpoints = [await endpointAt("nodes"), await endpointAt("clients")] as const;
  const ways = new Ways(endpoints);
  const [first, second] = endpoints;
  expect(ways.towards(virtualAddress("memory://b", 3))).toEqual({
    endpoint: first,
    peer: "memory://b",
    index: 3,
  });
  for (const [index, endpoint] of endpoints.entries()) {
    expect(ways.towards(clientAddress("client:7", index))).toEqual({ endpoint, peer: "client:7", index: 0 });
  }
  await Promise.all([first.close(), second.close()]);
});
