/** What `--help` shows below the options: commands that work as they stand. */
const shown: Readonly<Record<string, ReadonlyArray<readonly [command: string, why: string]>>> = {
  chordnet: [
    ["chordnet demo", "eight nodes, one killed, one leaves, one restarts, one joins"],
    ["chordnet start --listen tcp://127.0.0.1:7001 --create", "found a ring"],
    ["chordnet start --listen tcp://127.0.0.1:7002 --join tcp://127.0.0.1:7001", "join it"],
    ["chordnet lookup user:42 --via tcp://127.0.0.1:7002", "who owns this key?"],
  ],
  start: [
    ["chordnet start --listen tcp://127.0.0.1:7001 --create", "found a ring"],
    ["chordnet start --listen tcp://127.0.0.1:0 --join tcp://127.0.0.1:7001", "join it, on any free port"],
    [
      "chordnet start --listen tcp://127.0.0.1:7001 --create \\\n      --join tcp://127.0.0.1:7001",
      "join what the seeds know, or found it: the same seeds on every host",
    ],
    [
      "chordnet start --listen tls://127.0.0.1:7001 --create \\\n      --secret-file ring.secret --data values --admin 7080",
      "encrypted, values on disk, /metrics and /readyz on loopback",
    ],
  ],
  lookup: [
    ["chordnet lookup user:42 user:43 --via tcp://127.0.0.1:7001", "two keys"],
    ["chordnet lookup --id 00ff --via tcp://127.0.0.1:7001", "a point of the ring"],
    ["find . -type f | chordnet lookup - --json --via tcp://127.0.0.1:7001", "a key a line"],
    ["chordnet lookup user:42 --trace --via tcp://127.0.0.1:7001", "and how it was found"],
  ],
  put: [
    ["chordnet put user:42 Ada --via tcp://127.0.0.1:7001", "a text"],
    ["chordnet put logo - --via tcp://127.0.0.1:7001 < logo.png", "a file"],
    ["chordnet put - --via tcp://127.0.0.1:7001 < values.jsonl", "a value a line"],
  ],
  get: [
    ["chordnet get user:42 --via tcp://127.0.0.1:7001", "as it is"],
    ["chordnet get - --via tcp://127.0.0.1:7001 < keys.txt", "a key a line, a line of JSON for each"],
  ],
  delete: [["chordnet delete user:42 user:43 --via tcp://127.0.0.1:7001", "two keys"]],
  ring: [
    ["chordnet ring --via tcp://127.0.0.1:7001", "every node, and its share"],
    ["chordnet ring --via tcp://127.0.0.1:7001 --json", "the same for programs"],
  ],
  status: [["chordnet status --via tcp://127.0.0.1:7001", "one node's whole state"]],
  replay: [
    [
      "chordnet start --listen tcp://127.0.0.1:0 \\\n      --join tcp://127.0.0.1:7001 --record node.jsonl",
      "record a node",
    ],
    ["chordnet replay node.jsonl", "live its life once more, and compare"],
    ["chordnet replay node.jsonl --print | less", "read it"],
  ],
  simulate: [
    [
      "chordnet simulate --nodes 100 --minutes 10 --seed 1 \\\n      --join-rate 6 --crash-rate 6 --lookups-per-s 10",
      "a hundred nodes, one comes and one goes every ten seconds",
    ],
    ["chordnet simulate --loss 0.05 --pause-rate 2 --partition 1", "a bad network"],
    ["chordnet simulate --crash-rate 6 --record run.json", "keep a run"],
    ["chordnet simulate --replay run.json --print | less", "do it again, and read it"],
  ],
  explore: [
    ["chordnet explore --list", "what there is to explore"],
    ["chordnet explore crash join-crash", "two configurations, until nothing is left"],
    ["chordnet explore --states-max 100000 --json", "the beginning of all of them"],
  ],
  demo: [
    ["chordnet demo", "under half a minute"],
    ["chordnet demo --interval-ms 250", "nodes that speak, and heal, twice as fast"],
  ],
};

export function examples(command: string, dim: (text: string) => string): string {
  const lines = (shown[command] ?? []).flatMap(([line, why]) => [`  ${dim(`# ${why}`)}`, `  ${line}`]);
  return `\nExamples:\n${lines.join("\n")}`;
}
