/**
 * SHA-256 (FIPS 180-4) of the shortest messages: a text of ASCII that fits one block with its padding. Most keys are
 * such texts, and the library, made for messages of any length, takes twice as long for them.
 *
 * Law: where it gives a digest, it is the library's, of the text's UTF-8 bytes.
 */

/** With the mark behind it and its length a longer message takes two blocks. */
export const shortBytesMax = 55;

/**
 * Puts the digest of `text` into `digest`, 32 bytes; false, and nothing was done, where the text is longer than
 * `shortBytesMax` or has more than ASCII in it.
 *
 * @example
 * const digest = new DataView(new ArrayBuffer(32))
 * assert.ok(digestShort("abc", digest))
 * assert.strictEqual(digest.getUint32(0).toString(16), "ba7816bf")
 * assert.ok(!digestShort("\u00e9", digest))
 */
export function digestShort(text: string, digest: DataView): boolean {
  if (!fill(text)) return false;
  extend();
  compress(digest);
  return true;
}

/** The message's only block in the schedule's first words (section 5.1.1): the text, a mark, its length in bits. */
function fill(text: string): boolean {
  const { length } = text;
  if (length > shortBytesMax) return false;
  schedule.fill(0, 0, 16);
  for (let i = 0; i < length; i++) {
    const byte = text.charCodeAt(i);
    if (byte >= 0x80) return false;
    put(i, byte);
  }
  put(length, 0x80);
  schedule[15] = length * 8;
  return true;
}

function put(at: number, byte: number): void {
  schedule[at >> 2] = (schedule[at >> 2] as number) | (byte << (24 - 8 * (at & 3)));
}

/** Section 6.2.2, step 1. */
function extend(): void {
  for (let t = 16; t < 64; t++) {
    const a = schedule[t - 15] as number;
    const b = schedule[t - 2] as number;
    const low = turned(a, 7) ^ turned(a, 18) ^ (a >>> 3);
    const high = turned(b, 17) ^ turned(b, 19) ^ (b >>> 10);
    schedule[t] = (schedule[t - 16] as number) + low + (schedule[t - 7] as number) + high;
  }
}

/** Steps 2 to 4. */
function compress(digest: DataView): void {
  let a = word(0);
  let b = word(1);
  let c = word(2);
  let d = word(3);
  let e = word(4);
  let f = word(5);
  let g = word(6);
  let h = word(7);
  for (let t = 0; t < 64; t++) {
    const choice = g ^ (e & (f ^ g));
    const rounds = (constants[t] as number) + (schedule[t] as number);
    const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + rounds) | 0;
    const majority = (a & b) ^ (c & (a ^ b));
    const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  digest.setInt32(0, a + word(0));
  digest.setInt32(4, b + word(1));
  digest.setInt32(8, c + word(2));
  digest.setInt32(12, d + word(3));
  digest.setInt32(16, e + word(4));
  digest.setInt32(20, f + word(5));
  digest.setInt32(24, g + word(6));
  digest.setInt32(28, h + word(7));
}

function word(at: number): number {
  return initial[at] as number;
}

/** To the right, what falls out coming in at the left: ROTR of section 3.2. */
function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** Of one message after another: nothing of it outlives a call. */
const schedule = new Int32Array(64);

/** Of the square roots of the first eight primes, the first 32 bits behind the point (section 5.3.3). */
const initial = Int32Array.of(
  0x6a09_e667,
  0xbb67_ae85,
  0x3c6e_f372,
  0xa54f_f53a,
  0x510e_527f,
  0x9b05_688c,
  0x1f83_d9ab,
  0x5be0_cd19,
);

/** Of the cube roots of the first sixty-four (section 4.2.2). */
const constants = Int32Array.of(
  0x428a_2f98,
  0x7137_4491,
  0xb5c0_fbcf,
  0xe9b5_dba5,
  0x3956_c25b,
  0x59f1_11f1,
  0x923f_82a4,
  0xab1c_5ed5,
  0xd807_aa98,
  0x1283_5b01,
  0x2431_85be,
  0x550c_7dc3,
  0x72be_5d74,
  0x80de_b1fe,
  0x9bdc_06a7,
  0xc19b_f174,
  0xe49b_69c1,
  0xefbe_4786,
  0x0fc1_9dc6,
  0x240c_a1cc,
  0x2de9_2c6f,
  0x4a74_84aa,
  0x5cb0_a9dc,
  0x76f9_88da,
  0x983e_5152,
  0xa831_c66d,
  0xb003_27c8,
  0xbf59_7fc7,
  0xc6e0_0bf3,
  0xd5a7_9147,
  0x06ca_6351,
  0x1429_2967,
  0x27b7_0a85,
  0x2e1b_2138,
  0x4d2c_6dfc,
  0x5338_0d13,
  0x650a_7354,
  0x766a_0abb,
  0x81c2_c92e,
  0x9272_2c85,
  0xa2bf_e8a1,
  0xa81a_664b,
  0xc24b_8b70,
  0xc76c_51a3,
  0xd192_e819,
  0xd699_0624,
  0xf40e_3585,
  0x106a_a070,
  0x19a4_c116,
  0x1e37_6c08,
  0x2748_774c,
  0x34b0_bcb5,
  0x391c_0cb3,
  0x4ed8_aa4a,
  0x5b9c_ca4f,
  0x682e_6ff3,
  0x748f_82ee,
  0x78a5_636f,
  0x84c8_7814,
  0x8cc7_0208,
  0x90be_fffa,
  0xa450_6ceb,
  0xbef9_a3f7,
  0xc671_78f2,
);
