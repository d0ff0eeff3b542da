import * as core from "@chordnet/core";
import * as lmdb from "@chordnet/storage-lmdb";
import * as memory from "@chordnet/transport-memory";
import * as tcp from "@chordnet/transport-tcp";
import * as ws from "@chordnet/transport-ws";
import * as chordnet from "chordnet";
import * as fp from "chordnet/fp";
import exercise from "./exercise.cjs";

await exercise({ core, chordnet, fp, lmdb, memory, tcp, ws });
