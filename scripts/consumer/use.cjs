const exercise = require("./exercise.cjs");

const modules = {
  core: require("@chordnet/core"),
  chordnet: require("chordnet"),
  fp: require("chordnet/fp"),
  lmdb: require("@chordnet/storage-lmdb"),
  memory: require("@chordnet/transport-memory"),
  tcp: require("@chordnet/transport-tcp"),
  ws: require("@chordnet/transport-ws"),
};

exercise(modules).catch((error) => {
  process.exitCode = 1;
  throw error;
});
