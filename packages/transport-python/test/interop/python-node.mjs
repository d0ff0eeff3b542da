// A node of the Python library, in a process of its own.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("node.py", import.meta.url));

export class PythonNode {
  kind = "Python";
  #child;
  #waiting = [];

  constructor(python, port, intervalMs) {
    this.port = port;
    this.name = `127.0.0.1:${port}`;
    this.#child = spawn(python, [program, String(port), String(intervalMs / 1000)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.gone = new Promise((resolve) => this.#child.once("close", resolve));
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      const { result, error } = JSON.parse(line);
      const { resolve, reject } = this.#waiting.shift();
      if (error === undefined) resolve(result);
      else reject(new Error(`${this.name}: ${error}`));
    });
    void this.gone.then(() => {
      for (const { reject } of this.#waiting) reject(new Error(`${this.name} has ended`));
    });
  }

  /** The interpreter has read the library. */
  ready() {
    return this.#tell("ready");
  }

  create() {
    return this.#tell("create");
  }

  join(through) {
    return this.#tell("join", through.port);
  }

  /** Who it says owns each of the keys, as `ip:port`. */
  lookups(keys) {
    return this.#tell("lookup", ...keys);
  }

  state() {
    return this.#tell("state");
  }

  /** The library closes its port and tells nobody. */
  leave() {
    return this.#tell("leave");
  }

  async kill() {
    this.#child.kill("SIGKILL");
    await this.gone;
  }

  #tell(...words) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${words.join(" ")}\n`);
    });
  }
}
