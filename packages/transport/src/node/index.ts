export { dialNet } from "./dial-net.js";
export { advertisedAddress, closeNet, type ListenOptions, listenNet } from "./listen-net.js";
export { netSocket } from "./net-socket.js";
