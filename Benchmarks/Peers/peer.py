"""The other side of Benchmarks' Peer: says that it is ready, then answers each line with the seconds of one run."""

import json
import os
import sys
import time

for name in ("TOKENIZERS_PARALLELISM", "HF_HUB_DISABLE_TELEMETRY", "HF_HUB_OFFLINE"):
    os.environ.setdefault(name, "false" if name == "TOKENIZERS_PARALLELISM" else "1")


def texts():
    with open(sys.argv[1], encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def serve(run):
    print("ready", flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        run(line.strip())
        print(time.perf_counter() - start, flush=True)
