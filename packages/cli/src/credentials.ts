import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import type { Credentials, SharedSecret } from "@chordnet/transport/node";
import { checkCredentials } from "@chordnet/transport/node";
import { checkToken } from "@chordnet/transport-ws";
import type { Url } from "./arguments.js";
import type { CredentialOptions } from "./credential-options.js";
import { failed, reasonOf, refusalOf, wrongUsage } from "./failure.js";
import type { Environment } from "./terminal.js";

/** The credentials that hold now: files are read anew when they have changed. */
export type CurrentCredentials = () => Credentials;

/**
 * Null: none are needed for these addresses, and none were given. `warn`: a changed file that can't be used, where what
 * held before stays; or a secret in a file that is open to all.
 */
export function credentialsFor(
  urls: ReadonlyArray<Url>,
  options: CredentialOptions,
  env: Environment,
  warn: (message: string) => void,
): CurrentCredentials | null {
  const forPages = urls.some(({ scheme }) => scheme === "wss");
  if (options.tokenFile !== undefined && !forPages)
    throw wrongUsage("--token-file lets pages in on wss://: there is no such address");
  const read = reader(options, env);
  const [secured] = urls.filter(isSecured);
  const [plain] = urls.filter((url) => !isSecured(url));
  if (secured === undefined) {
    if (read !== null && plain !== undefined && env.CHORDNET_SECRET === undefined)
      throw wrongUsage(`${plain.text} is not encrypted: credentials go with tls:// and wss://`);
    return null;
  }
  if (read === null) {
    throw wrongUsage(
      `${secured.text} needs credentials: --secret-file FILE, CHORDNET_SECRET, or --tls-cert, --tls-key and --tls-ca`,
    );
  }
  return keeping(forPages ? withToken(read, options, env) : read, warn);
}

/** Whether nobody but who has credentials can take part there. */
export function isSecured({ scheme }: Url): boolean {
  return scheme === "tls" || scheme === "wss";
}

interface Reader {
  /** Where they are from, for who has to mend them. */
  readonly source: string;
  readonly files: ReadonlyArray<string>;
  /** Those of them that nobody else may read. */
  readonly secrets: ReadonlyArray<string>;
  readonly read: (contents: Contents) => Credentials;
}

/** What is in a file. Throws a `Failure`. */
type Contents = (file: string) => string;

/** With the token, where there is one: from a file, or from the environment. */
function withToken(
  reader: Reader,
  { tokenFile }: CredentialOptions,
  { CHORDNET_TOKEN: token = "" }: Environment,
): Reader {
  if (tokenFile === undefined && token === "") return reader;
  const more = tokenFile === undefined ? [] : [tokenFile];
  const current = (contents: Contents): string => {
    const text = (tokenFile === undefined ? token : contents(tokenFile)).trim();
    checkedBy(tokenFile ?? "CHORDNET_TOKEN", () => checkToken(text));
    return text;
  };
  return {
    source: reader.source,
    files: [...reader.files, ...more],
    secrets: [...reader.secrets, ...more],
    read: (contents) => ({ ...reader.read(contents), token: current(contents) }),
  };
}

function reader(
  { secretFile, tlsCert, tlsKey, tlsCa, ring }: CredentialOptions,
  env: Environment,
): Reader | null {
  const certificates = [tlsCert, tlsKey, tlsCa].filter((file) => file !== undefined);
  const named = ring === undefined ? {} : { ring };
  if (secretFile !== undefined) {
    if (certificates.length > 0)
      throw wrongUsage("--secret-file does not go with --tls-cert: use one of them");
    const files = [secretFile];
    const read = (contents: Contents): Credentials => ({
      ...secretsOf(contents(secretFile), secretFile),
      ...named,
    });
    return { source: secretFile, files, secrets: files, read };
  }
  if (certificates.length > 0) {
    if (tlsCert === undefined || tlsKey === undefined || tlsCa === undefined)
      throw wrongUsage("certificates need all three: --tls-cert FILE, --tls-key FILE and --tls-ca FILE");
    const read = (contents: Contents): Credentials => ({
      cert: pem(tlsCert, contents(tlsCert), "CERTIFICATE"),
      key: pem(tlsKey, contents(tlsKey), "PRIVATE KEY"),
      ca: pem(tlsCa, contents(tlsCa), "CERTIFICATE"),
    });
    return { source: certificates.join(", "), files: certificates, secrets: [tlsKey], read };
  }
  const { CHORDNET_SECRET: secret } = env;
  if (secret === undefined) return null;
  const source = "CHORDNET_SECRET";
  return { source, files: [], secrets: [], read: () => ({ ...secretsOf(secret, source), ...named }) };
}

/** One a line: the first is used, and all are accepted. */
function secretsOf(text: string, source: string): SharedSecret {
  const lines = text.split("\n").map((line) => line.trim());
  for (const [i, line] of lines.entries())
    if (line !== "") checkedBy(`${source}, line ${i + 1}`, () => checkCredentials({ secret: line }));
  const [secret, ...accepted] = lines.filter((line) => line !== "");
  if (secret === undefined) throw failed(`${source} holds no secret: make one by: openssl rand -hex 32`);
  return accepted.length === 0 ? { secret } : { secret, accepted };
}

function keeping(reader: Reader, warn: (message: string) => void): CurrentCredentials {
  const { files, secrets } = reader;
  let stamp = stampOf(files);
  let present = checked(reader, contentsOnce);
  const tellOpen = (): void => {
    for (const file of secrets) if (isForAll(file)) warn(forAll(file));
  };
  tellOpen();
  return () => {
    const now = stampOf(files);
    if (now === stamp) return present;
    stamp = now;
    try {
      present = checked(reader, contentsAgain);
      tellOpen();
    } catch (error) {
      warn(`${reasonOf(error)}; what was read before still holds`);
    }
    return present;
  };
}

function checked({ source, read }: Reader, contents: Contents): Credentials {
  const credentials = read(contents);
  checkedBy(source, () => checkCredentials(credentials));
  return credentials;
}

/** What the check finds wrong is told with where it is from. */
function checkedBy(source: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw failed(`${source}: ${reasonOf(error)}`);
  }
}

/** Changes with the files. One that is missing is told when it is read. */
function stampOf(files: ReadonlyArray<string>): string {
  return files
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((found) => (found?.isFile() === true ? `${found.ino} ${found.size} ${found.mtimeMs}` : "none"))
    .join();
}

/** Whether every user of this machine may read or write it. Windows has no such modes, and tells some. */
function isForAll(file: string): boolean {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
  return process.platform !== "win32" && (mode & 0o006) !== 0;
}

function forAll(file: string): string {
  return `every user of this machine can get at ${file}, which holds a secret: chmod 600 ${file}`;
}

/** At the start a pipe will do, as a shell makes one of `<(command)`. */
function contentsOnce(file: string): string {
  return readable(file, () => readFileSync(file, "utf8"));
}

/** A node that runs waits for no pipe: while it does, it does nothing else. */
function contentsAgain(file: string): string {
  return readable(file, () => {
    const fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      if (fstatSync(fd).isFile()) return readFileSync(fd, "utf8");
    } finally {
      closeSync(fd);
    }
    throw new Error("it is no file any more, and is read only at the start");
  });
}

function readable(file: string, contents: () => string): string {
  try {
    return contents();
  } catch (error) {
    throw failed(`cannot read ${file}: ${refusalOf(error)}`);
  }
}

/** OpenSSL does not say which of the files it can't read, and takes a `ca` that has no certificate. */
function pem(file: string, text: string, label: "CERTIFICATE" | "PRIVATE KEY"): string {
  if (new RegExp(`^-----BEGIN ([A-Z0-9]+ )*${label}-----`, "m").test(text)) return text;
  throw failed(`${file} holds no ${label.toLowerCase()} in PEM: there is no line -----BEGIN ${label}-----`);
}
