import { connect, type Socket } from "node:net";
import { hello } from "./stranger.js";

/**
 * A program of its own: keeps so many connections up, as far as they are let in; whoever is cut comes again. Tells by
 * its last words, when it is asked to end, how many it made and how many were open.
 */
const [address = "", count = "0", manner = "idle"] = process.argv.slice(2);
const { hostname, port } = new URL(address.replace(/^tcp:/, "http:"));
const whole = hello();
const sockets = new Map<Socket, number>();
/** A thousand a second. */
const tickMs = 10;
const perTick = 10;

let made = 0;
let most = 0;

/** What each connection does, ten times a second; `age` counts these. */
const misbehave = (socket: Socket, age: number): void => {
  if (manner === "slow" && age % 10 === 0) socket.write(whole.subarray(age / 10, age / 10 + 1));
  if (manner === "unfinished" && age === 0) socket.write(whole);
};

setInterval(() => {
  for (const [socket, age] of sockets) {
    misbehave(socket, age);
    sockets.set(socket, age + 1);
  }
}, 100);

setInterval(() => {
  for (let i = 0; i < perTick && sockets.size < Number(count); i += 1) {
    made += 1;
    const socket = connect({ host: hostname, port: Number(port) });
    socket.resume();
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    sockets.set(socket, 0);
  }
  most = Math.max(most, sockets.size);
}, tickMs);

process.on("SIGTERM", () => {
  process.stdout.write(`${made} ${most}\n`, () => process.exit(0));
});
