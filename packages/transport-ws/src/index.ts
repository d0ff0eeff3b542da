export { type WsOptions, ws } from "./ws.js";
