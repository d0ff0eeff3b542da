/**
 * Freezes a value and all that it is made of, so that whoever writes to it throws. Functions are left as they are.
 *
 * @example
 * const frozen = deepFreeze({ list: [1], map: new Map([["a", 1]]) })
 * assert.throws(() => frozen.list.push(2), TypeError)
 * assert.throws(() => frozen.map.set("a", 2), TypeError)
 */
export function deepFreeze<A>(value: A): A {
  if (typeof value !== "object" || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) {
    return value;
  }
  if (value instanceof Map) {
    for (const [key, item] of value) {
      deepFreeze(key);
      deepFreeze(item);
    }
    value.set = value.delete = value.clear = refuse;
  }
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}

function refuse(): never {
  throw new TypeError("this map is frozen");
}
