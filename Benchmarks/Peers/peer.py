"""The other side of Benchmarks' Peer: says that it is ready, then answers each line with the cost of one run:
its seconds, its seconds of processor time on all threads, and the most memory (MiB) that the process has had so far."""

import json
import os
import sys
import time

for name in ("TOKENIZERS_PARALLELISM", "HF_HUB_DISABLE_TELEMETRY", "HF_HUB_OFFLINE"):
    os.environ.setdefault(name, "false" if name == "TOKENIZERS_PARALLELISM" else "1")


def texts(path=None):
    with open(path or sys.argv[1], encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def peak():
    # Not getrusage: its figure counts what the parent had when it made this process.
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))


DEVICE = os.environ.get("DEVICE", "cpu")


def finished():
    """Waits for the device."""
    import torch

    if DEVICE != "cpu":
        torch.cuda.synchronize(DEVICE)


def serve(run, finish=None):
    """`finish` waits for what `run` began."""
    print("ready", flush=True)
    for line in sys.stdin:
        start, processor = time.perf_counter(), time.process_time()
        run(line.strip())
        if finish is not None:
            finish()
        print(time.perf_counter() - start, time.process_time() - processor, peak(), flush=True)
