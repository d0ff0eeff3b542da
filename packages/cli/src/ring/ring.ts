import type { Client } from "chordnet";
import { progress } from "../progress.js";
import type { Terminal } from "../terminal.js";
import { asking } from "../via.js";
import type { ViaOptions } from "../via-options.js";
import { type Member, memberOf } from "./member.js";
import { drawn } from "./print.js";

/**
 * Goes round the ring, from successor to successor, and prints each node. Where it does not close or is out of order,
 * what was seen is printed, and then the reason: exit status 1.
 */
export function ring(terminal: Terminal, options: ViaOptions): Promise<number> {
  return asking(options, terminal, (client) => walked(terminal, client, options));
}

async function walked({ out, err }: Terminal, client: Client, options: ViaOptions): Promise<number> {
  const bar = progress(err, "walking the ring");
  const members: Member[] = [];
  let isWhole = false;
  try {
    for await (const view of client.walk({ timeoutMs: options.timeoutMs })) {
      const member = memberOf(view);
      members.push(member);
      if (options.json === true) out.json(member);
      else bar.show(members.length, members.length, view.address);
    }
    isWhole = true;
    return 0;
  } finally {
    bar.stop();
    if (options.json !== true && members.length > 0) {
      for (const line of drawn(out, members, client.ring, isWhole)) out.line(line);
    }
  }
}
