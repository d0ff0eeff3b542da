import type {
  Address,
  Config,
  Naming,
  StoreAnswer,
  StoreCall,
  StoreCodec,
  StoreHappening,
  TaskId,
} from "@chordnet/core";
import { LateMap, storeCodec, valueBytesMost } from "@chordnet/core";
import type { Asking } from "../exchange/asking.js";
import { collect } from "../exchange/body.js";
import type { Exchanges } from "../exchange/exchanges.js";
import type { Serving } from "../exchange/serving.js";
import { Trouble } from "../exchange/trouble.js";
import type { Logger } from "../ports.js";

export interface CallsPorts {
  readonly config: Config;
  readonly logger: Logger;
  readonly exchanges: Exchanges;
  randomName(): string;
}

/** A call has no more than its entries, or one that is large, and the rest of what it says. */
const callBytesMax = valueBytesMost + 1_048_576;

/** What stores ask of each other, and what they answer: each an exchange between their processes. */
export class Calls {
  readonly #ports: CallsPorts;
  readonly #tell: (happening: StoreHappening) => void;
  readonly #codec: StoreCodec;
  readonly #asked = new LateMap<TaskId, Asking>();

  /** `tell`: hears of what came of each call, once. */
  constructor(ports: CallsPorts, tell: (happening: StoreHappening) => void) {
    this.#ports = ports;
    this.#tell = tell;
    this.#codec = sharedCodec(ports.config);
  }

  ask(task: TaskId, to: Address, call: StoreCall): void {
    const { exchanges, logger, randomName } = this.#ports;
    const asked = {
      id: randomName(),
      subject: { _tag: "Store" },
      relayed: false,
      timeoutMs: Number.POSITIVE_INFINITY,
    } as const;
    const asking = exchanges.ask(to, asked, this.#codec.encodeCall(call));
    this.#asked.set(task, asking);
    this.#answer(asking)
      .then(
        (answer) => this.#tell({ _tag: "Answered", task, answer }),
        (error: unknown) => {
          // What this node gave up itself is no news.
          if (!(error instanceof Trouble && error.reason === "given-up"))
            logger.debug("a store did not answer", { to, call: call._tag, error });
          this.#tell({ _tag: "CallFailed", task, dead: provesDeath(error) });
        },
      )
      .finally(() => this.#asked.delete(task));
  }

  /** Its answer does not matter any more. */
  forget(task: TaskId): void {
    this.#asked.get(task)?.cancel();
  }

  /** Has another process's call answered. Rejects with a `Trouble` what is no call. */
  async serve(serving: Serving, answer: (call: StoreCall) => Promise<StoreAnswer>): Promise<void> {
    const bytes = await collect(serving.incoming(), callBytesMax);
    if (bytes === null) throw new Trouble("too-large", "a store's call");
    const call = this.#codec.decodeCall(bytes);
    if (call._tag === "Left") throw new Trouble("protocol", `a store's call: ${call.left._tag}`);
    await serving.respond(this.#codec.encodeAnswer(await answer(call.right)));
  }

  async #answer(asking: Asking): Promise<StoreAnswer> {
    const bytes = await collect(await asking.begun, callBytesMax);
    if (bytes === null) throw new Trouble("too-large", "a store's answer");
    const answer = this.#codec.decodeAnswer(bytes);
    if (answer._tag === "Left") throw new Trouble("protocol", `a store's answer: ${answer.left._tag}`);
    return answer.right;
  }
}

/** Only a port that refuses does. */
function provesDeath(error: unknown): boolean {
  return error instanceof Trouble && error.reason === "unreachable" && error.detail === "refused";
}

/** All nodes of this process share it where their rings name alike: it remembers nothing but names. */
function sharedCodec({ space, naming }: Config): StoreCodec {
  const shared = codecs.get(naming) ?? storeCodec(space, naming);
  codecs.set(naming, shared);
  return shared;
}

const codecs = new WeakMap<Naming, StoreCodec>();
