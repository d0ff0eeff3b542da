import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";

const command = fileURLToPath(new URL("../../packages/cli/bin/chordnet.js", import.meta.url));
const text = (name: string): string => readFileSync(new URL(`../deploy/${name}`, import.meta.url), "utf8");

/** What a file for containers says of one node. */
interface Container {
  readonly args: ReadonlyArray<string>;
  readonly graceMs: number;
  /** The paths that it has from elsewhere. */
  readonly secret: string;
  readonly data: string;
  /** Where it is asked whether it is ready. */
  readonly ready: string;
}

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly command: string;
        readonly stop_grace_period: string;
        readonly secrets: ReadonlyArray<string>;
        readonly volumes: ReadonlyArray<string>;
        readonly healthcheck: { readonly test: ReadonlyArray<string> };
      }
    >
  >;
  readonly secrets: object;
  readonly volumes: object;
}

const compose = parse(text("compose.yaml"), { merge: true }) as Compose;

function ofCompose(): ReadonlyArray<Container> {
  return Object.entries(compose.services).map(([name, service]) => {
    const args = service.command.trim().split(/\s+/);
    const [secret = ""] = service.secrets;
    const [volume = "", data = ""] = service.volumes[0]?.split(":") ?? [];
    expect(Object.keys(compose.secrets)).toContain(secret);
    expect(Object.keys(compose.volumes)).toContain(volume);
    expect(new URL(only("--advertise", args)).hostname).toBe(name);
    const asked = service.healthcheck.test.join(" ");
    return {
      args,
      graceMs: 1000 * Number.parseInt(service.stop_grace_period, 10),
      secret: `/run/secrets/${secret}`,
      data,
      ready: /http:\S+:9100(\/\w+)/.exec(asked)?.[1] ?? expect.fail(`it asks for nothing: ${asked}`),
    };
  });
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Port {
  readonly name: string;
  readonly containerPort?: number;
  readonly port?: number;
}

interface Service {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly clusterIP: string;
    readonly publishNotReadyAddresses: boolean;
    readonly selector: object;
    readonly ports: ReadonlyArray<Port>;
  };
}

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly [
    {
      readonly args: ReadonlyArray<string>;
      readonly env: ReadonlyArray<{ readonly name: string }>;
      readonly ports: ReadonlyArray<Port>;
      readonly livenessProbe: Probe;
      readonly readinessProbe: Probe;
      readonly volumeMounts: ReadonlyArray<{ readonly name: string; readonly mountPath: string }>;
    },
  ];
}

interface StatefulSet {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly serviceName: string;
    readonly replicas: number;
    readonly podManagementPolicy: string;
    readonly selector: { readonly matchLabels: object };
    readonly template: { readonly metadata: { readonly labels: object }; readonly spec: Pod };
  };
}

const documents = parseAllDocuments(text("statefulset.yaml")).map((document) => {
  expect(document.errors).toEqual([]);
  return document.toJS() as { readonly kind: string };
});
const [service, statefulSet] = ["Service", "StatefulSet"].map((kind) =>
  documents.find((document) => document.kind === kind),
) as unknown as readonly [Service, StatefulSet];
const pod = statefulSet.spec.template.spec;
const [container] = pod.containers;

function ofStatefulSet(): ReadonlyArray<Container> {
  const { metadata, spec } = statefulSet;
  const mounted = (name: string): string =>
    container.volumeMounts.find((mount) => mount.name === name)?.mountPath ?? expect.fail(name);
  return Array.from({ length: spec.replicas }, (_, i) => {
    const env = { POD: `${metadata.name}-${i}`, NAMESPACE: "here" };
    expect(container.env.map(({ name }) => name)).toEqual(Object.keys(env));
    const args = container.args.flatMap((arg) =>
      arg
        .replaceAll(
          /\$\((\w+)\)/g,
          (_, name: string) => new Map(Object.entries(env)).get(name) ?? expect.fail(name),
        )
        .split(/(?<=^--[\w-]+)=/),
    );
    const host = `${env.POD}.${spec.serviceName}.here.svc`;
    expect(new URL(only("--advertise", args)).hostname).toBe(host);
    return {
      args,
      graceMs: 1000 * pod.terminationGracePeriodSeconds,
      secret: `${mounted("secret")}/secret`,
      data: mounted("data"),
      ready: container.readinessProbe.httpGet.path,
    };
  });
}

/** What stands behind an option, which may be there several times. */
function valuesOf(option: string, args: ReadonlyArray<string>): ReadonlyArray<string> {
  return args.filter((_, i) => args[i - 1] === option);
}

function only(option: string, args: ReadonlyArray<string>): string {
  return valuesOf(option, args)[0] ?? expect.fail(`${option} is missing`);
}

async function freePorts(count: number): Promise<ReadonlyArray<number>> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

const running: ChildProcess[] = [];
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "containers-"));
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly admin: string;
}

/** Starts the nodes as the file says, all on this machine; resolves when all are members. */
async function started(containers: ReadonlyArray<Container>): Promise<ReadonlyArray<Started>> {
  const ports = await freePorts(2 * containers.length);
  const hosts = containers.map(({ args }) => new URL(only("--advertise", args)).host);
  const secret = join(folder, "secret");
  writeFileSync(secret, "0123456789abcdef0123456789abcdef\n", { mode: 0o600 });
  return Promise.all(
    containers.map(async (each, i) => {
      const [own, admin] = [`127.0.0.1:${ports[2 * i]}`, `127.0.0.1:${ports[2 * i + 1]}`];
      const args = each.args.map((arg) => {
        if (arg === each.secret) return secret;
        if (arg.startsWith(each.data)) return join(folder, `data-${i}`);
        if (arg === "0.0.0.0:9100") return admin;
        const named = hosts.findIndex((host) => arg === `tls://${host}`);
        return named < 0 ? arg.replace("//0.0.0.0:7001", `//${own}`) : `tls://127.0.0.1:${ports[2 * named]}`;
      });
      const elsewhere = (arg: string) => /^\/|:\d+$/.test(arg) && !/127\.0\.0\.1:/.test(arg);
      expect(args.filter((arg) => elsewhere(arg) && !arg.startsWith(folder))).toEqual([]);
      const child = spawn(process.execPath, [command, ...args], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, CHORDNET_LOG: "error" },
      });
      running.push(child);
      for await (const line of createInterface(child.stdout)) if (line.includes('"ready"')) break;
      child.stdout.resume();
      return { child, admin: `http://${admin}` };
    }),
  );
}

describe.each([
  ["compose.yaml", ofCompose],
  ["statefulset.yaml", ofStatefulSet],
] as const)("%s", (_, containers) => {
  it("has nodes that are all seeds, and leave in less time than they have", () => {
    const nodes = containers();
    expect(nodes).toHaveLength(3);
    const addresses = nodes.map(({ args }) => only("--advertise", args));
    for (const { args, graceMs } of nodes) {
      expect([...valuesOf("--join", args)].sort()).toEqual([...addresses].sort());
      expect(graceMs).toBeGreaterThan(Number(only("--leave-timeout-ms", args)) + 5_000);
    }
  });

  it("starts a ring, each node of which says that it is ready, and leaves when it is told to", async () => {
    const nodes = await started(containers());
    const { ready } = containers()[0] as Container;
    for (const { admin } of nodes) {
      await expect.poll(async () => (await fetch(admin + ready)).status, { timeout: 20_000 }).toBe(200);
      expect((await fetch(`${admin}/healthz`)).status).toBe(200);
    }
    const ring = async () => (await (await fetch(`${nodes[0]?.admin}/ring`)).json()) as { nodes: unknown[] };
    await expect.poll(async () => (await ring()).nodes.length, { timeout: 20_000 }).toBe(nodes.length);
    for (const { child } of nodes) {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      expect(await exited).toEqual([0, null]);
    }
  });
});

describe("statefulset.yaml", () => {
  it("starts all at once, and has a name for each that is not ready", () => {
    expect(statefulSet.spec.podManagementPolicy).toBe("Parallel");
    expect(statefulSet.spec.serviceName).toBe(service.metadata.name);
    expect(service.spec).toMatchObject({ clusterIP: "None", publishNotReadyAddresses: true });
    const { labels } = statefulSet.spec.template.metadata;
    expect(statefulSet.spec.selector.matchLabels).toEqual(labels);
    expect(service.spec.selector).toEqual(labels);
  });

  it("asks where there is an answer", () => {
    const { args, ports, livenessProbe, readinessProbe } = container;
    const numbers = new Map(ports.map(({ name, containerPort }) => [name, containerPort]));
    expect(service.spec.ports.map(({ name, port }) => [name, port])).toEqual([...numbers]);
    expect(args).toContain(`--admin=0.0.0.0:${numbers.get("admin")}`);
    expect(args).toContain(`--listen=tls://0.0.0.0:${numbers.get("ring")}`);
    expect(livenessProbe.httpGet).toEqual({ path: "/healthz", port: "admin" });
    expect(readinessProbe.httpGet).toEqual({ path: "/readyz", port: "admin" });
  });
});
