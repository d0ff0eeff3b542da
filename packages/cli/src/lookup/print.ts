import { shortId } from "../short-id.js";
import { type Colors, type Output, visible } from "../terminal.js";
import type { Answer, Step } from "./answer.js";

/** The key stands last and unpadded, so that rows line up although each is printed as its answer comes. */
export function header({ colors }: Output): string {
  return colors.dim(row("HOPS", "MS", "KEY ID", "OWNER", "KEY"));
}

export function lines(answered: Answer, { colors }: Output): string[] {
  const keyId = shortId(answered.keyId ?? "–");
  const name = answered.key === null ? colors.dim("(the point itself)") : visible(answered.key);
  if ("error" in answered) {
    const { code, message } = answered.error;
    const failure = row("–", "–", keyId, code, name);
    return [colors.red(failure), `      ${colors.dim(message)}`];
  }
  const { hops, ms, owner, trace } = answered;
  const found = row(String(hops), ms.toFixed(1), keyId, owner.address, name);
  return [found, ...(trace ?? []).map((step, i) => stepLine(step, i + 1, colors))];
}

function stepLine({ address, why, ms }: Step, number: number, colors: Colors): string {
  return colors.dim(row("", ms.toFixed(1), `${" ".repeat(5)}→ ${number}`, address, why));
}

function row(hops: string, ms: string, keyId: string, owner: string, key: string): string {
  return `${hops.padStart(4)}  ${ms.padStart(7)}  ${keyId.padEnd(10)}  ${owner.padEnd(24)}  ${key}`;
}
