import { hkdfSync, randomBytes } from "node:crypto";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { authority } from "@chordnet/authority";
import type { Endpoint, Transport, TransportEvent } from "@chordnet/transport";
import type { Credentials } from "@chordnet/transport/node";
import { afterEach, describe, expect, it } from "vitest";
import { tcp } from "../src/tcp.js";
import { tls } from "../src/tls.js";

type Rejected = Extract<TransportEvent, { readonly _tag: "Rejected" }>;

interface Party {
  readonly endpoint: Endpoint;
  readonly frames: string[];
  /** The next refusal, by whichever side. */
  rejected(): Promise<Rejected>;
}

const endpoints = new Set<Endpoint>();

const open = async (transport: Transport): Promise<Party> => {
  const rejections: Rejected[] = [];
  const frames: string[] = [];
  let wake: () => void = () => undefined;
  const endpoint = await transport.open({
    incarnation: 1,
    describe: () => new Uint8Array(0),
    versions: [1, 1],
    judge: () => null,
    onEvent: (event) => {
      if (event._tag === "Rejected") rejections.push(event);
      if (event._tag === "Frame") frames.push(new TextDecoder().decode(event.frame));
      wake();
    },
  });
  endpoints.add(endpoint);
  const rejected = async (): Promise<Rejected> => {
    while (rejections.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return rejections.shift() as Rejected;
  };
  return { endpoint, frames, rejected };
};

const here = { host: "127.0.0.1", port: 0 };

afterEach(async () => {
  await Promise.all([...endpoints].map((endpoint) => endpoint.close()));
  endpoints.clear();
});

const [ours, others] = await Promise.all([authority("ours"), authority("another")]);
const good = await ours.issue(["127.0.0.1"]);
const secret = { secret: randomBytes(32), ring: "blue" };
const another = { ...secret, secret: randomBytes(32) };
const notAccepted = /^the dialler's secret is not one that is accepted: give both ends the same one/;

/** Who dials the node, and what both ends are told. */
const attempts: ReadonlyArray<readonly [what: string, at: Credentials, by: Credentials, told: RegExp]> = [
  ["another secret", secret, another, notAccepted],
  [
    "a secret that is none of several",
    { ...secret, accepted: [randomBytes(32)] },
    { ...another, accepted: [randomBytes(32)] },
    notAccepted,
  ],
  [
    "a secret that is accepted only by who dials",
    secret,
    { ...another, accepted: [secret.secret] },
    notAccepted,
  ],
  ["another ring's name", secret, { ...secret, ring: "red" }, /^no secret for the same ring/],
  ["a certificate in place of the secret", secret, good, /^no secret for the same ring/],
  ["the secret in place of a certificate", good, secret, /./],
  ["no certificate", good, { ca: ours.ca }, /^no certificate was shown/],
  ["an expired certificate", good, await ours.issue(["127.0.0.1"], -1), /has expired/],
  [
    "a certificate of another authority",
    good,
    { ...(await others.issue(["127.0.0.1"])), ca: ours.ca },
    /issuer is not known/,
  ],
  ["the node's authority not known to who dials", good, { ...good, ca: others.ca }, /issuer is not known/],
];

describe("credentials", () => {
  it.each(attempts)("both ends are told of %s", async (_what, at, by, told) => {
    const node = await open(tls(at, here));
    const client = await open(tls(by));
    client.endpoint.send(String(node.endpoint.address), new TextEncoder().encode("let me in"));
    const [theirs, ours] = await Promise.all([client.rejected(), node.rejected()]);
    expect([theirs.refusal.code, ours.refusal.code]).toEqual(["credentials", "credentials"]);
    expect(theirs.refusal.detail).toMatch(told);
    expect(ours.refusal.detail).toMatch(told);
    expect(new Set([theirs.by, ours.by])).toEqual(new Set(["us", "them"]));
    expect(node.frames).toEqual([]);
  });

  it("a certificate is good for its holder's address alone", async () => {
    const node = await open(tls(good, here));
    const elsewhere = await ours.issue(["node-2.example.org"]);
    const member = await open(tls(elsewhere, { host: "127.0.0.1", port: 0 }));
    member.endpoint.send(String(node.endpoint.address), new TextEncoder().encode("let me in"));
    const refusals = [(await member.rejected()).refusal, (await node.rejected()).refusal];
    for (const { code, detail } of refusals) {
      expect(code).toBe("credentials");
      expect(detail).toContain(`the certificate is not one for ${member.endpoint.address}`);
    }
    expect(node.frames).toEqual([]);
  });

  it("who dials is not taken in by a certificate for another host", async () => {
    const node = await open(tls(await ours.issue(["node-2.example.org"]), here));
    const client = await open(tls(good));
    const greeted = await client.endpoint.greet(String(node.endpoint.address));
    expect(greeted).toMatchObject({ left: { reason: "rejected", refusal: { code: "credentials" } } });
  });

  it("a rule of the user's decides what a certificate covers", async () => {
    const named = await ours.issue(["blue-1"]);
    const checkServerIdentity = (_host: string, { subjectaltname = "" }: { subjectaltname?: string }) =>
      /^DNS:blue-/.test(subjectaltname) ? undefined : new Error("not blue");
    const [one, other] = [
      await open(tls({ ...named, checkServerIdentity }, here)),
      await open(tls({ ...named, checkServerIdentity }, here)),
    ];
    expect((await one.endpoint.greet(String(other.endpoint.address)))._tag).toBe("Right");
    const green = await open(tls({ ...(await ours.issue(["green-1"])), checkServerIdentity }, here));
    const greeted = await green.endpoint.greet(String(one.endpoint.address));
    expect(greeted).toMatchObject({ left: { refusal: { code: "credentials" } } });
  });

  it("certificates are renewed without a restart", async () => {
    let present: Credentials = good;
    const node = await open(tls(() => present, here));
    const client = await open(tls({ ...good, ca: [ours.ca, others.ca].join("\n") }));
    const newcomer = await open(tls({ ...(await others.issue(["127.0.0.1"])) }));
    const address = String(node.endpoint.address);
    expect((await newcomer.endpoint.greet(address))._tag).toBe("Left");
    present = { ...(await others.issue(["127.0.0.1"])), ca: [ours.ca, others.ca].join("\n") };
    expect((await newcomer.endpoint.greet(address))._tag).toBe("Right");
    expect((await client.endpoint.greet(address))._tag).toBe("Right");
  });

  it.each([
    ["certificates", good],
    ["a secret", secret],
  ])(
    "a function that throws ends the connections that it is asked for, and nothing else: %s",
    async (_what, given) => {
      let broken = false;
      const now = (): Credentials => {
        if (broken) throw new Error("the disk is gone");
        return given;
      };
      const node = await open(tls(now, here));
      const client = await open(tls(given));
      const dialling = await open(tls(now));
      const address = String(node.endpoint.address);
      broken = true;
      expect((await client.endpoint.greet(address))._tag).toBe("Left");
      expect((await node.rejected()).refusal.detail).toContain("the disk is gone");
      expect(await dialling.endpoint.greet(address)).toMatchObject({
        left: { refusal: { code: "credentials" } },
      });
      broken = false;
      expect((await client.endpoint.greet(address))._tag).toBe("Right");
    },
  );

  it("the secret is changed without a restart", async () => {
    let present = secret;
    const node = await open(tls(() => present, here));
    const address = String(node.endpoint.address);
    expect((await (await open(tls(secret))).endpoint.greet(address))._tag).toBe("Right");
    present = { ...secret, secret: randomBytes(32) };
    expect((await (await open(tls(present))).endpoint.greet(address))._tag).toBe("Right");
    expect((await (await open(tls(secret))).endpoint.greet(address))._tag).toBe("Left");
  });

  it("the secret is changed in three steps, and in between each end lets the other in", async () => {
    const [before, after] = [secret.secret, another.secret];
    const steps: ReadonlyArray<Credentials> = [
      secret,
      { ...secret, accepted: [after] },
      { ...another, accepted: [before] },
      another,
    ];
    for (const [i, step] of steps.entries())
      for (const other of steps.slice(i, i + 2)) {
        const [one, two] = [await open(tls(step, here)), await open(tls(other, here))];
        expect((await one.endpoint.greet(String(two.endpoint.address)))._tag).toBe("Right");
        expect((await two.endpoint.greet(String(one.endpoint.address)))._tag).toBe("Right");
        await Promise.all([one.endpoint.close(), two.endpoint.close()]);
      }
  });

  it("a session that began by a secret is not resumed once that is gone", async () => {
    let present: Credentials = { secret: "1234567890123456" };
    const node = await open(tls(() => present, here));
    const port = Number(String(node.endpoint.address).split(":").at(-1));
    const derived = (info: string, length: number): Buffer =>
      Buffer.from(hkdfSync("sha256", "1234567890123456", "", info, length));
    const identity = `chordnet:chordnet:${derived("chordnet-id:chordnet", 8).toString("hex")}`;
    const psk = derived("chordnet:chordnet", 32);
    const attempt = (proof: Pick<ConnectionOptions, "session" | "pskCallback">): Promise<Buffer | string> =>
      new Promise((resolve) => {
        const given = { port, host: here.host, ciphers: "TLS_AES_128_GCM_SHA256", rejectUnauthorized: false };
        const socket = connectTls({ ...given, ...proof });
        socket.once("session", resolve);
        socket.once("secureConnect", () => proof.session !== undefined && resolve("let in"));
        socket.once("error", (error: NodeJS.ErrnoException) => resolve(String(error.code)));
      });
    const session = Buffer.from(await attempt({ pskCallback: () => ({ identity, psk }) }));
    expect(await attempt({ session })).toBe("let in");
    present = { secret: "6543210987654321" };
    expect(await attempt({ session })).toBe("ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE");
  });

  it("the ring's name may have 64 characters", async () => {
    const named = { ...secret, ring: ":".repeat(64) };
    const node = await open(tls(named, here));
    expect((await (await open(tls(named))).endpoint.greet(String(node.endpoint.address)))._tag).toBe("Right");
  });

  it.each([
    ["certificates", good],
    ["a secret", secret],
  ])("an older TLS is refused by a node with %s", async (_what, credentials) => {
    const node = await open(tls(credentials, here));
    const port = Number(String(node.endpoint.address).split(":").at(-1));
    const failed = new Promise<string>((resolve) => {
      const socket = connectTls({ port, host: here.host, maxVersion: "TLSv1.2", rejectUnauthorized: false });
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    });
    expect(await failed).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
    expect((await node.rejected()).refusal.detail).toMatch(/TLS 1.3 is spoken here/);
  });

  it("who dials without TLS is refused, and so is who listens without", async () => {
    const secured = await open(tls(secret, here));
    const plain = await open(tcp(here));
    const inPlain = String(secured.endpoint.address).replace("tls:", "tcp:");
    expect((await plain.endpoint.greet(inPlain))._tag).toBe("Left");
    expect((await secured.rejected()).refusal.detail).toMatch(/does not speak TLS/);
    const inTls = String(plain.endpoint.address).replace("tcp:", "tls:");
    expect(await secured.endpoint.greet(inTls)).toMatchObject({ left: { reason: "protocol" } });
    expect((await plain.rejected()).refusal.code).toBe("bad-hello");
  });

  it.each<readonly [string, Credentials, RegExp]>([
    [
      "a short secret",
      { secret: "123456789012345" },
      /less than 16 bytes: make one by: openssl rand -hex 32/,
    ],
    [
      "a short one that is accepted",
      { ...secret, accepted: ["123456789012345"] },
      /less than 16 bytes: make one by: openssl rand -hex 32/,
    ],
    [
      "more than four that are accepted",
      { ...secret, accepted: Array(5).fill(another.secret) },
      /more than 4/,
    ],
    ["a ring's name that is none", { ...secret, ring: "" }, /1 to 64 printable ASCII/],
    ["a ring's name of 65 characters", { ...secret, ring: "a".repeat(65) }, /1 to 64 printable ASCII/],
    ["no certificate at all", { cert: "nonsense", key: "nonsense" }, /the certificates can't be used/],
  ])("%s is refused at once", (_what, credentials, told) => {
    expect(() => tls(credentials)).toThrow(told);
  });

  it("blanks around a secret don't count, and 16 bytes are enough", async () => {
    const node = await open(tls({ secret: "1234567890123456\n" }, here));
    const client = await open(tls({ secret: new TextEncoder().encode("1234567890123456") }));
    expect((await client.endpoint.greet(String(node.endpoint.address)))._tag).toBe("Right");
  });
});
