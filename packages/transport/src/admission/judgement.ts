import type { Dial } from "../dialling/dialler.js";
import type { Driver } from "../driver.js";
import type { LinkLimits } from "../limits.js";
import type { Greeting } from "../link/hello.js";
import type { Link } from "../link/link.js";
import type { Hello, Refusal } from "../transport.js";

/** Ourselves, as far as a remote hello is judged by it. */
export interface Ourselves {
  readonly driver: Driver;
  readonly versions: readonly [min: number, max: number];
  readonly address: string | null;
  readonly incarnation: number;
  readonly judge: (hello: Hello) => Refusal | null;
}

/** Whether a hello is our own: the dial led back to us. */
export const isOurs = (ourselves: Ourselves, greeting: Greeting): boolean =>
  ourselves.address !== null &&
  greeting.address === ourselves.address &&
  greeting.incarnation === ourselves.incarnation;

/** What every hello must fulfil, whoever dialled; `remembered` is the highest incarnation seen at its address. */
export const judgeGreeting = (
  ourselves: Ourselves,
  greeting: Greeting,
  remembered: number | null,
): Refusal | null => {
  const [min, max] = ourselves.versions;
  if (greeting.versions[0] > max || greeting.versions[1] < min) {
    return { code: "version-unsupported", detail: `versions ${min} to ${max} are spoken here` };
  }
  if (remembered !== null && greeting.incarnation < remembered) {
    return { code: "stale-incarnation", detail: String(remembered) };
  }
  return ourselves.judge(hello(greeting));
};

/** What an address must fulfil before it is worth dialling. */
export const judgeClaimedAddress = (
  ourselves: Ourselves,
  greeting: Greeting,
  address: string,
): Refusal | null => {
  if (isOurs(ourselves, greeting)) return { code: "self", detail: address };
  if (address === ourselves.address) return { code: "address-taken", detail: "it is ours" };
  const canonical = ourselves.driver.canonical(address);
  if (canonical._tag === "Left") {
    const code = canonical.left._tag === "OtherScheme" ? "scheme-mismatch" : "bad-address";
    return { code, detail: `${address}: ${canonical.left._tag}` };
  }
  if (canonical.right === address) return null;
  return { code: "bad-address", detail: `${address} is not canonical: ${canonical.right}` };
};

/** Whether the name under which somebody answered is worth dialling in place of the one that we dialled: once. */
export const judgeOtherName = (ourselves: Ourselves, dial: Dial, name: string): Refusal | null => {
  const canonical = ourselves.driver.canonical(name);
  if (canonical._tag === "Left" || canonical.right !== name)
    return { code: "bad-address", detail: `${name} is not an address that we can dial` };
  if (dial.target === dial.address) return null;
  return { code: "address-taken", detail: `${name} answers at ${dial.target}` };
};

/**
 * Whether there is room for one more: it counts among the links already. Probes are no burden, they end by themselves.
 */
export const refusalIfFull = (
  links: ReadonlySet<Link>,
  limits: LinkLimits,
  { address }: Greeting,
): Refusal | null => {
  const { connectionsMax, clientsMax } = limits;
  let nodes = 0;
  let clients = 0;
  for (const { dial, greeting, phase } of links) {
    if (dial !== null || greeting === null || greeting.probe || phase === "ended") continue;
    if (greeting.address === null) clients += 1;
    else nodes += 1;
  }
  if (nodes + clients <= connectionsMax && (address !== null || clients <= clientsMax)) return null;
  return noRoom(limits);
};

export const noRoom = ({ connectionsMax, clientsMax }: LinkLimits): Refusal => ({
  code: "overloaded",
  detail: `no more than ${connectionsMax} connections, ${clientsMax} by clients`,
});

/** Without what only the link layer reads. */
export const hello = ({ versions, address, incarnation, payload }: Greeting): Hello => ({
  versions,
  address,
  incarnation,
  payload,
});
