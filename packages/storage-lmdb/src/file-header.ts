import { open } from "node:fs/promises";
import { corrupt } from "./failure.js";

/** Where in each of the two first pages LMDB keeps what. */
const magicAt = 24;
const pageBytesAt = 48;
const lastPageAt = 144;
const transactionAt = 152;
const headerBytes = 160;

const magic = 0xbeef_c0de;
const pageSizes: ReadonlyArray<number> = [4096, 8192, 16_384, 32_768, 65_536];

/**
 * Rejects with `corrupt` where LMDB would not notice but crash the process: its file is mapped into memory, and one
 * that is shorter than its header says cannot be read there.
 */
export async function checkFile(path: string): Promise<void> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? corrupt(path, "it is not there") : error;
  });
  try {
    const found = await file.stat();
    if (found.isDirectory()) throw corrupt(path, "it is a folder");
    const { size } = found;
    const first = await headerAt(file, 0);
    const pageBytes = first?.readUInt32LE(pageBytesAt) ?? 0;
    const headers = pageSizes.includes(pageBytes) ? [first, await headerAt(file, pageBytes)] : [];
    const wanted = headers.map(
      (header) => header !== null && header !== undefined && isHeader(header, pageBytes),
    );
    if (wanted.length === 0 || wanted.includes(false)) throw corrupt(path, "its header is damaged");
    const latest = (headers as Buffer[]).reduce((one, other) =>
      transactionOf(one) >= transactionOf(other) ? one : other,
    );
    const pages = Number(latest.readBigUInt64LE(lastPageAt)) + 1;
    if (size < pages * pageBytes) throw corrupt(path, `it is cut off: ${size} of ${pages * pageBytes} bytes`);
  } finally {
    await file.close();
  }
}

async function headerAt(file: Awaited<ReturnType<typeof open>>, at: number): Promise<Buffer | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, at);
  return bytesRead === headerBytes ? buffer : null;
}

function isHeader(bytes: Buffer, pageBytes: number): boolean {
  return bytes.readUInt32LE(magicAt) === magic && bytes.readUInt32LE(pageBytesAt) === pageBytes;
}

const transactionOf = (header: Buffer): bigint => header.readBigUInt64LE(transactionAt);
