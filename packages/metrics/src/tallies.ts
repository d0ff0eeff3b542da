/** A counter of `status()`, and what Prometheus calls it. */
export interface Tally {
  readonly from: string;
  readonly name: string;
  readonly help: string;
  /** Where it is counted by something: what that is. */
  readonly label: string | null;
}

const tally = (from: string, name: string, help: string, label: string | null = null): Tally => ({
  from,
  name: `chordnet_${name}_total`,
  help,
  label,
});

/** Every counter that a node has: a test holds this table to them. */
export const tallies: ReadonlyArray<Tally> = [
  tally("framesIn", "frames_received", "Frames that came"),
  tally("framesOut", "frames_sent", "Frames that were sent"),
  tally("bytesIn", "frame_bytes_received", "Bytes of frames that came"),
  tally("bytesOut", "frame_bytes_sent", "Bytes of frames that were sent"),
  tally("undecodable", "frames_undecodable", "Frames that are no message of this protocol"),
  tally("early", "frames_early", "Frames that came before the ring was known"),
  tally("timers", "timers", "Times that the state machine was woken by its timer"),
  tally("lookups", "lookups", "Lookups that the application asked for"),
  tally("lookupsFailed", "lookups_failed", "Lookups that found no owner"),
  tally("evictions", "evictions", "Peers taken out of the tables"),
  tally("connected", "connections_opened", "Connections that both sides accepted"),
  tally("disconnected", "connections_ended", "Connections that ended"),
  tally("rejectedByUs", "connections_refused_here", "Connections that this node refused"),
  tally("rejectedByThem", "connections_refused_there", "Connections that others refused"),
  tally("dropped", "messages_dropped", "Messages that had no effect, by why", "reason"),
  tally("sendFailed", "sends_failed", "Frames that came back, by why", "reason"),
  tally("faults", "faults", "Steps that threw: bugs"),
];
