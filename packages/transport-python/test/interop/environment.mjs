// A virtual environment with the real library: made once, in the cache below node_modules.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

const wanted = "chordnet==2.2.2";
const folder = resolve("node_modules/.cache/interop-venv");

/** The interpreter that has the library. Throws with what to do where it can't be had. */
export function pythonWithLibrary() {
  const python = `${folder}/bin/python`;
  if (existsSync(python) && has(python)) return python;
  try {
    execFileSync("python3", ["-m", "venv", "--clear", folder], { stdio: "pipe" });
    execFileSync(python, ["-m", "pip", "install", "--quiet", wanted], { stdio: "pipe" });
  } catch (error) {
    const said = `${error.stdout ?? ""}${error.stderr ?? ""}`.trim();
    throw new Error(
      `${wanted} can't be had: it needs Python 3.10 or newer with venv (Debian: python3-venv) and pip's index; ` +
        `CHORDNET_INTEROP=skip leaves these checks out\n${error.message}\n${said}`,
    );
  }
  return python;
}

function has(python) {
  try {
    return execFileSync(python, ["-m", "pip", "freeze"], { encoding: "utf8" }).includes(wanted);
  } catch {
    return false;
  }
}
