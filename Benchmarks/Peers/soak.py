"""Asks a running service a stated mix and watches its memory: soak.py URL PID REQUESTS [CONNECTIONS] [UNCACHED per 1000]

Mostly short questions and conversations that were asked before, a part conversations of some 256 tokens that nobody has asked;
prints what was asked, how fast, and the resident memory at every tenth. The service runs on this machine.
"""

import json
import random
import socket
import sys
import threading
import time
import urllib.parse

url = urllib.parse.urlparse(sys.argv[1])
pid, requests = int(sys.argv[2]), int(sys.argv[3])
connections = int(sys.argv[4]) if len(sys.argv) > 4 else 8
uncached = int(sys.argv[5]) if len(sys.argv) > 5 else 10
WORDS = "undo commit branch merge keep files reset remote push pull tag rebase conflict history stash index tree object".split()
lock = threading.Lock()
done, statuses, times = [0], {}, []


def anonymous():
    """Memory that is not mapped files, in MiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("RssAnon"))


def body(random_):
    kind = random_.random() * 1000
    if kind < uncached:
        words = [random_.choice(WORDS) + str(random_.randrange(10**6)) for _ in range(60)]
        messages = [{"role": "user", "content": " ".join(words[:30])}, {"role": "assistant", "content": " ".join(words[30:])},
                    {"role": "user", "content": "and then?"}]
        return {"messages": messages, "k": 10}
    number = random_.randrange(200)
    question = f"how do I {WORDS[number % 18]} the {WORDS[number // 18]}?"
    if kind < 700:
        return {"query": question, "k": 10}
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": "with " + WORDS[number % 7]},
                         {"role": "user", "content": "and how do I get it back?"}], "k": 10, "explain": kind > 950}


def worker(seed, count):
    random_ = random.Random(seed)
    connection = socket.create_connection((url.hostname, url.port))
    file = connection.makefile("rb")
    for _ in range(count):
        data = json.dumps(body(random_)).encode()
        start = time.perf_counter()
        connection.sendall(b"POST /v1/search HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: "
                           + str(len(data)).encode() + b"\r\n\r\n" + data)
        status = int(file.readline().split()[1])
        length = 0
        while (line := file.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        file.read(length)
        with lock:
            done[0] += 1
            statuses[status] = statuses.get(status, 0) + 1
            times.append(time.perf_counter() - start)
            if done[0] % (requests // 10) == 0:
                print(f"{done[0]} requests, {anonymous():.1f} MiB", flush=True)


start = time.time()
print(f"0 requests, {anonymous():.1f} MiB", flush=True)
threads = [threading.Thread(target=worker, args=(seed, requests // connections)) for seed in range(connections)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
times.sort()
print(f"{done[0]} requests in {time.time() - start:.0f} s over {connections} connections, statuses {statuses}, "
      f"p50 {1000 * times[len(times) // 2]:.2f} ms, p99 {1000 * times[len(times) * 99 // 100]:.2f} ms")
