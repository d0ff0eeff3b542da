import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authority } from "@chordnet/authority";
import { tls } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";
import type { Attack, Outcome } from "../attack.js";
import { Losses } from "../attack.js";
import { Ring } from "../ring.js";
import { dial, hello, kinds, refusalCode } from "../stranger.js";

type Credentials = Parameters<typeof tls>[0];

/** Everybody who should not get in. */
export const credentials: Attack = {
  name: "credentials",
  must: "wrong secret, ring, certificate, TLS or version, and a replayed handshake: refused, and both ends are told",
  run: async (): Promise<Outcome> => {
    const folder = mkdtempSync(join(tmpdir(), "chordnet-attacks-"));
    const rings: Ring[] = [];
    try {
      return await attack(folder, rings);
    } finally {
      for (const ring of rings) ring.close();
      rmSync(folder, { recursive: true });
    }
  },
};

async function attack(folder: string, rings: Ring[]): Promise<Outcome> {
  const losses = new Losses();
  const file = (name: string, contents: string): string => {
    writeFileSync(join(folder, name), contents, { mode: 0o600 });
    return join(folder, name);
  };
  const [ours, others] = await Promise.all([authority("ours"), authority("another")]);
  const good = await ours.issue(["127.0.0.1"]);
  const secret = randomBytes(32).toString("hex");
  const listen = ["--listen", "tls://127.0.0.1:0"];
  const bySecret = await Ring.of(1, { flags: [...listen, "--secret-file", file("secret", secret)] });
  rings.push(bySecret);
  const byCertificate = await Ring.of(1, {
    flags: [
      ...listen,
      ...[
        "--tls-ca",
        file("ca", good.ca),
        "--tls-cert",
        file("cert", good.cert),
        "--tls-key",
        file("key", good.key),
      ],
    ],
  });
  rings.push(byCertificate);
  const plain = await Ring.of(1);
  rings.push(plain);
  const [S, C] = [bySecret, byCertificate].map((ring) => ring.members[0]?.address ?? "") as [string, string];
  const attempts: ReadonlyArray<readonly [what: string, at: string, by: Credentials]> = [
    ["wrong secret", S, { secret: randomBytes(32) }],
    ["wrong ring name", S, { secret, ring: "another" }],
    ["certificate in place of the secret", S, good],
    ["secret in place of a certificate", C, { secret }],
    ["no certificate", C, { ca: ours.ca }],
    ["expired certificate", C, await ours.issue(["127.0.0.1"], -1)],
    ["certificate of another authority", C, { ...(await others.issue(["127.0.0.1"])), ca: ours.ca }],
  ];
  const figures: Record<string, string> = {};
  for (const [what, at, by] of attempts) figures[what] = await refused(what, at, by, losses);
  figures["own credentials"] = (await letIn(S, { secret })) && (await letIn(C, good)) ? "let in" : "refused";
  losses.unless(figures["own credentials"] === "let in", "who has the credentials is not let in");
  figures["replayed handshake"] = await replayed(S, { secret }, losses);
  const stranger = await dial(plain.members[0]?.address ?? "");
  stranger.write(hello(null, { version: 99 }));
  figures["wrong wire version"] = refusalCode(await stranger.frame(kinds.refusal));
  losses.unless(figures["wrong wire version"] === "version-unsupported", "a later wire version is let in");
  for (const ring of [bySecret, byCertificate]) {
    const said = ring.members[0]?.stderr.join("\n") ?? "";
    losses.unless(said.includes("connection turned away by"), "a member did not log whom it refused");
    losses.unless(!said.includes(secret), "a member logged the secret");
  }
  return { tried: `${attempts.length + 3} ways in`, figures, lost: losses.found };
}

async function refused(what: string, at: string, by: Credentials, losses: Losses): Promise<string> {
  const told = await ChordNet.connect({ transport: tls(by), via: at, timeoutMs: 3_000 }).then(
    () => "let in",
    (error: Error) => error.message,
  );
  losses.unless(told.includes(": turned away: credentials, "), `${what}: ${told}`);
  return told.replace(/.*: turned away: credentials, /, "");
}

async function letIn(via: string, credentials: Credentials): Promise<boolean> {
  const client = await ChordNet.connect({ transport: tls(credentials), via });
  const { address } = await client.lookup("key");
  await client.close();
  return address === via;
}

/** What an honest client said, byte by byte, said once more. */
async function replayed(at: string, by: Credentials, losses: Losses): Promise<string> {
  const { port } = new URL(at.replace(/^tls:/, "http:"));
  const said: Buffer[] = [];
  const relay = createServer((socket) => {
    const onward = connect({ host: "127.0.0.1", port: Number(port) });
    socket.on("data", (chunk) => said.push(chunk)).pipe(onward);
    onward.pipe(socket);
    for (const end of [socket, onward]) end.on("error", () => undefined);
  }).listen({ host: "127.0.0.1", port: 0 });
  await new Promise((resolve) => relay.once("listening", resolve));
  const bound = relay.address();
  const through = `tls://127.0.0.1:${typeof bound === "object" && bound !== null ? bound.port : 0}`;
  const client = await ChordNet.connect({ transport: tls(by), via: through });
  await client.close();
  relay.close();
  const before = said.length;
  losses.unless(before > 0, "nothing was recorded");
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: Number(port) }, () =>
      socket.write(Buffer.concat(said)),
    );
    let answered = 0;
    socket.on("data", (chunk) => {
      answered += chunk.length;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      // The server's own part of the handshake comes; what follows does not fit to its keys.
      losses.unless(answered < answerBytesMost, `a replayed handshake was answered with ${answered} bytes`);
      resolve("cut");
    });
  });
}

/** A ServerHello, its encrypted rest, and an alert: no hello of ours. */
const answerBytesMost = 400;
