export { type PythonOptions, pythonChordnet } from "./python-chordnet.js";
