import type {
  Address,
  Announcement,
  Company,
  Config,
  EntryName,
  StoreCommand,
  StoreOutcome,
} from "@chordnet/core";
import type { Volume } from "@chordnet/storage";
import { collect, iterable } from "../exchange/body.js";
import type { ValueSubject } from "../exchange/message.js";
import type { Serving } from "../exchange/serving.js";
import { Trouble } from "../exchange/trouble.js";
import type { Owing } from "../handover/heirs.js";
import { keyId } from "../key.js";
import type { Request } from "../requests/request.js";
import type { ValuesStatus } from "../status.js";
import { decodeCommand, encodeOutcome } from "./command-wire.js";
import type { KeeperPorts } from "./keeper.js";
import { Keeper } from "./keeper.js";

/** The store of a member as its requests reach it: commands of users, and calls of other stores. */
export class Commands implements Owing {
  readonly #ports: KeeperPorts;
  #keeper: Keeper | null = null;

  constructor(ports: KeeperPorts) {
    this.#ports = ports;
  }

  /** From now on the values lie here; `company`: with whom which arcs were kept when they were last in use. */
  begin(volume: Volume, company: ReadonlyArray<Company>): void {
    this.#keeper = new Keeper(this.#ports, volume, company);
  }

  announced(node: number, change: Announcement): void {
    this.#keeper?.announced(node, change);
  }

  /** The ring's machine was woken by its timer. */
  ticked(): void {
    this.#keeper?.ticked();
  }

  /**
   * Does a command at the key's owner, and gives what came of it as a response's body. Rejects with a `Trouble`: what
   * another owner, or the same later, may do better.
   */
  async run({ subject, id, body }: Request & { readonly subject: ValueSubject }): Promise<Uint8Array> {
    const { config, setup } = this.#ports;
    const bytes = await collect(iterable(body), setup.valueBytesMax + 1);
    if (bytes === null) return encodeOutcome({ _tag: "TooLarge", limitBytes: setup.valueBytesMax });
    const command = decodeCommand(bytes);
    if (command === null) throw new Trouble("protocol", "no command of a store");
    const outcome = await this.#command(id, nameOf(config, subject), command);
    switch (outcome._tag) {
      case "NotOwner":
        throw new Trouble("not-owner");
      case "NotReady":
        throw new Trouble("not-ready", outcome.reason);
      case "Overloaded":
        throw new Trouble("overloaded", "the store");
      default:
        return encodeOutcome(outcome);
    }
  }

  /** Answers another store's call. Rejects with a `Trouble`. */
  async serve(serving: Serving, from: Address): Promise<void> {
    if (this.#keeper === null) throw new Trouble("no-handler", "no store yet");
    await this.#keeper.serve(serving, from);
  }

  owedTo(): ReadonlyArray<Address> {
    return this.#keeper?.owedTo() ?? [];
  }

  writeOff(gone: ReadonlySet<Address>): boolean {
    return this.#keeper?.writeOff(gone) ?? false;
  }

  /** When all that this node has handed over is at its new owners. */
  async released(): Promise<void> {
    await this.#keeper?.released();
  }

  /** Null: there is no store yet. */
  status(): ValuesStatus | null {
    return this.#keeper?.status() ?? null;
  }

  close(): void {
    this.#keeper?.close();
  }

  async #command(request: string, name: EntryName, command: StoreCommand): Promise<StoreOutcome> {
    return this.#keeper?.command(request, name, command) ?? { _tag: "NotOwner" };
  }
}

function nameOf(config: Config, subject: ValueSubject): EntryName {
  if (subject._tag === "ValueAt") return { id: subject.id, key: new Uint8Array(0) };
  return { id: keyId(config, subject.key), key: subject.key };
}
