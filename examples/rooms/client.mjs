// node client.mjs ROOM URL…: says what is typed, prints what is said. When the room moves it comes again, to the next.

import { createInterface } from "node:readline";
import { setTimeout as rest } from "node:timers/promises";
import WebSocket from "ws";

const [room, ...urls] = process.argv.slice(2);
if (urls.length === 0 || !urls.every((url) => /^wss?:\/\/.+/.test(url))) {
  console.error("usage: node client.mjs ROOM ws://127.0.0.1:8001…");
  process.exit(2);
}
const unsaid = [];
let socket = null;

function say() {
  if (socket?.readyState === WebSocket.OPEN) for (const line of unsaid.splice(0)) socket.send(line);
}
createInterface({ input: process.stdin }).on("line", (line) => {
  unsaid.push(line);
  say();
});

for (let i = 0; ; i += 1) {
  socket = new WebSocket(`${urls[i % urls.length]}/${encodeURIComponent(room)}`);
  socket.on("message", (line) => {
    console.log(line.length === 0 ? "(in)" : String(line));
    if (line.length === 0) say();
  });
  socket.on("error", ({ message, code }) => {
    if (i < urls.length) console.error(`${urls[i]}: ${message || code}`); // later it only repeats itself; close follows
  });
  await new Promise((resolve) => socket.once("close", resolve));
  await rest(100);
}
