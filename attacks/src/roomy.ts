import { parseArgs } from "node:util";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";

/** A program of its own: a member that holds whoever comes, where others let the oldest strangers go. */
const { values } = parseArgs({
  strict: false,
  options: { join: { type: "string" } },
});
const many = 16_384;
const patientMs = 60_000;
const member = new ChordNet({
  transport: tcp({ host: "127.0.0.1", port: 0 }),
  linkLimits: { connectionsMax: many, clientsMax: many, strangersMax: many, helloTimeoutMs: patientMs },
});
await (typeof values.join === "string" ? member.join(values.join) : member.create());
process.stdout.write(`${JSON.stringify({ event: "ready", address: member.address })}\n`);
