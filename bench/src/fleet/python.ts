import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const version = "2.2.2";
const environment = fileURLToPath(new URL("../../node_modules/.cache/chordnet-python", import.meta.url));
const script = fileURLToPath(new URL("../../src/workers/chordnet_node.py", import.meta.url));

/**
 * How to run a node of the Python library, in a virtual environment that is made where there is none yet. Null where
 * Python is missing or too old, and the library with it: said on standard error, and never passed over in silence.
 */
export function pythonNode(): ReadonlyArray<string> | null {
  const python = `${environment}/bin/python`;
  const trouble =
    existsSync(python) && runs(python, "-c", "import chordnet") === null ? null : install(python);
  if (trouble === null) return [python, script];
  process.stderr.write(`NOT MEASURED: the Python library chordnet ${version}. ${trouble}\n`);
  return null;
}

function install(python: string): string | null {
  return (
    runs(
      "python3",
      "-c",
      "import sys; sys.exit(sys.version_info < (3, 10) and 'it needs Python 3.10 or newer')",
    ) ??
    runs("python3", "-m", "venv", environment) ??
    runs(python, "-m", "pip", "install", "--quiet", `chordnet==${version}`)
  );
}

/** What went wrong; null if nothing did. */
function runs(command: string, ...args: ReadonlyArray<string>): string | null {
  const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? null : (error?.message ?? stderr.trim().split("\n").at(-1) ?? `status ${status}`);
}
