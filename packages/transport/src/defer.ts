/**
 * Runs once the present turn's events were handled: what all sockets brought in it is answered in one go. Node's
 * `setImmediate`; in browsers a message to ourselves, which, unlike a timer, is not held back.
 */
export const defer: (run: () => void) => void =
  typeof setImmediate === "function" ? (run) => void setImmediate(run) : byMessage();

function byMessage(): (run: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const waiting: Array<() => void> = [];
  Object.assign(port1, { onmessage: () => waiting.shift()?.() });
  return (run) => {
    waiting.push(run);
    port2.postMessage(null);
  };
}
