export type { Certificates, Credentials, CredentialsSource, SharedSecret } from "@chordnet/transport/node";
export { type TcpOptions, tcp } from "./tcp.js";
export { tls } from "./tls.js";
