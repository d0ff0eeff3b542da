// What a page bundles: the core, the library, a client over WebSocket, and a ring inside the page.

import * as core from "@chordnet/core";
import { Network } from "@chordnet/transport-memory";
import { ws } from "@chordnet/transport-ws";
import { ChordNet } from "chordnet";

globalThis.used = { core, connect: (via) => ChordNet.connect({ transport: ws(), via }) };
globalThis.lookedUp = (async () => {
  const ring = new ChordNet({ transport: new Network().transport({ name: "page" }) });
  await ring.create();
  const owner = await ring.lookup("user:42");
  await ring.close();
  return owner.address;
})();
