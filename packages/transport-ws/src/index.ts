export type { WsOptions } from "./listen-ws.js";
export { ws } from "./ws.js";
