export { Arrivals } from "./arrivals.js";
export { Attachment } from "./attachment.js";
export {
  type Certificates,
  type Credentials,
  type CredentialsSource,
  checkCredentials,
  type SharedSecret,
} from "./credentials.js";
export { dialNet } from "./dial-net.js";
export { Inlet, takePlace, throughInlet } from "./inlet.js";
export { advertisedAddress, checkListen, closeNet, type ListenOptions, listenNet } from "./listen-net.js";
export { type Judge, netSocket, provesNothing, remoteOf } from "./net-socket.js";
export { judgeSecured, secureArrivals, secureDialled, serverOptions } from "./secure-net.js";
