import type { ConnectionInfo } from "../transport.js";
import type { Link } from "./link.js";

/** What is told of a connection; `null` once it has ended. */
export const connectionInfo = (link: Link): ConnectionInfo | null => {
  const { dial, greeting, peer, phase, socket } = link;
  if (phase === "ended") return null;
  const { framesIn, bytesIn, writing } = link;
  return {
    peer: peer?.name ?? null,
    remote: socket.remote,
    direction: dial === null ? "accepted" : "dialled",
    state: phase,
    incarnation: greeting?.incarnation ?? null,
    queuedBytes: peer?.outbox.bytes ?? 0,
    framesIn,
    framesOut: writing.frames,
    bytesIn,
    bytesOut: writing.bytes,
    writes: writing.writes,
  };
};
