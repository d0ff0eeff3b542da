"""A node of the Python library chordnet, as a process of its own: what serve.ts does for the others."""

import hashlib
import json
import os
import socket
import sys
import time

from chordnet import ChordNet

BITS = 16
nodes = []


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def start(argument):
    port = free_port()
    node = ChordNet("127.0.0.1", port, interval=1.0)
    nodes.append(node)
    seed = argument["seed"]
    if seed is None:
        node.create()
    else:
        node.join(seed["host"], seed["port"])
    return {"host": "127.0.0.1", "port": port}


def measure(argument):
    """One after another: the library has no other way."""
    took = []
    begin = time.perf_counter()
    for place in range(argument["count"]):
        key = int.from_bytes(hashlib.sha1(f"key {place}".encode()).digest(), "big") % 2**BITS
        at = time.perf_counter()
        nodes[0].lookup(key)
        took.append((time.perf_counter() - at) * 1e6)
    seconds = time.perf_counter() - begin
    took.sort()
    last = len(took) - 1
    return {"perS": len(took) / seconds, "p50Us": took[last // 2], "p99Us": took[last * 99 // 100]}


def cpu_us(_):
    return round(time.process_time() * 1e6)


COMMANDS = {"start": start, "measure": measure, "cpuUs": cpu_us}

for line in sys.stdin:
    asked = json.loads(line)
    try:
        reply = {"answer": COMMANDS[asked["name"]](asked["argument"])}
    except Exception as error:  # whoever asked is told
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)

# Its threads would keep it alive.
os._exit(0)
