export { dialNet } from "./dial-net.js";
export { advertisedAddress, type ListenOptions, listenNet } from "./listen-net.js";
export { netSocket } from "./net-socket.js";
