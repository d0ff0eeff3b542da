export type { Certificates, Credentials, CredentialsSource, SharedSecret } from "@chordnet/transport/node";
export type { WsOptions } from "./listen-ws.js";
export { ws } from "./ws.js";
export { checkToken, type WebCredentials, type WebCredentialsSource, wss } from "./wss.js";
