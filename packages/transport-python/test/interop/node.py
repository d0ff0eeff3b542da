"""One node of the Python library in a process of its own, told what to do by lines on standard input.

Each line is answered by one line of JSON. Usage: node.py PORT INTERVAL_SECONDS
"""
import json
import sys

from loguru import logger

logger.remove()

from chordnet.chordnet import ChordNet  # noqa: E402

HOST = "127.0.0.1"


def told(address):
    """An address as others write it; nothing where there is none."""
    return None if address is None else f"{address.ip}:{address.port}"


def obey(ring, verb, *args):
    if verb == "create":
        ring.create()
    elif verb == "join":
        ring.join(HOST, int(args[0]))
    elif verb == "lookup":
        return [":".join(map(str, ring.lookup(int(key)))) for key in args]
    elif verb == "state":
        node = ring._node
        return {"predecessor": told(node.predecessor), "successor": told(node.successor())}
    elif verb == "leave":
        ring.leave()
    return None


def main():
    port, interval = int(sys.argv[1]), float(sys.argv[2])
    ring = ChordNet(HOST, port, interval=interval)
    for line in sys.stdin:
        try:
            answer = {"result": obey(ring, *line.split())}
        except Exception as error:  # told to whoever asked
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


main()
