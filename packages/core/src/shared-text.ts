/**
 * Of equal texts the one that came first. The nodes of a program meet the same peers, and each would keep a text of its
 * own for each of their addresses. With 16,384 it begins anew: what is told again then has a second text.
 *
 * @internal
 *
 * @example
 * assert.strictEqual(sharedText("tcp://a:1"), "tcp://a:1")
 */
export function sharedText(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  if (texts.size >= textsMost) texts.clear();
  texts.set(text, text);
  return text;
}

const texts = new Map<string, string>();

const textsMost = 16_384;
