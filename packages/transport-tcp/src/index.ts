export { type TcpOptions, tcp } from "./tcp.js";
