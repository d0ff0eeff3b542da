export { Attachment } from "./attachment.js";
export { dialNet } from "./dial-net.js";
export { advertisedAddress, checkListen, closeNet, type ListenOptions, listenNet } from "./listen-net.js";
export { netSocket, remoteOf } from "./net-socket.js";
