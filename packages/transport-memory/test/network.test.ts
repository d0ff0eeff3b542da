import { conformance } from "@chordnet/transport/conformance";
import { afterEach, describe, expect, it } from "vitest";
import { Network } from "../src/network.js";

const network = new Network();
let places = 0;

conformance(
  "memory",
  {
    place: async () => {
      places += 1;
      const name = `node-${places}`;
      return { address: `memory://${name}`, listening: () => network.driver({ name }) };
    },
    client: () => network.driver(),
  },
  { describe, it, expect, afterEach },
);
