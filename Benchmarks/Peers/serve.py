"""Our service beside the usual stack, and beside a rewriting language model: serve.py PARLANCE INDEX MODEL PASSAGES.jsonl
VECTORS.npz CONVERSATIONS.jsonl [SECONDS a burst] [ROUNDS]

All services run at the same time on this machine and are asked in turns, one burst after the other, so that what else the machine
does falls on all of them. A burst keeps so many requests under way for so long, each about a conversation of at least 256
tokens that was never asked before; caches are off. Printed are, for each service and each number of requests at once, the
throughput, p50 and p99 by the clock, and the processor time that its processes took a request, over all rounds together.
"""

import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
import urllib.request

parlance, index, model, passages, vectors, conversations = sys.argv[1:7]
seconds = float(sys.argv[7]) if len(sys.argv) > 7 else 5
rounds = int(sys.argv[8]) if len(sys.argv) > 8 else 3
here = os.path.dirname(os.path.abspath(__file__))
AT_ONCE = (1, 8, 64)
processes = []


def start(command, **environment):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                               env={**os.environ, **environment}, start_new_session=True)
    processes.append(process)
    return process


def wait_for(port):
    end = time.time() + 900
    while time.time() < end:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").read()
        except OSError:
            time.sleep(0.2)
    sys.exit("a service of the stack does not start")


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ours():
    process = start([parlance, "serve", "--index", index, "--model", model, "--port", "0", "--cache", "0", "--quiet"])
    return process, int(process.stdout.readline().rsplit(":", 1)[1])


def stack(workers, threads, batch):
    port = free_port()
    process = start(
        [sys.executable, "-m", "uvicorn", "--app-dir", here, "serve_stack:app", "--port", str(port), "--workers", str(workers),
         "--log-level", "error", "--no-access-log"],
        STACK_MODEL=model, STACK_PASSAGES=passages, STACK_VECTORS=vectors, STACK_THREADS=str(threads), STACK_BATCH=str(batch))
    return process, port


def processor_seconds(process):
    """Of all processes of its session."""
    total = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == process.pid:
                total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def texts():
    """Conversations nobody asked before: real ones, each with words of a passage as the last answer."""
    chance = random.Random(7)
    with open(conversations, encoding="utf-8") as file:
        turns = [json.loads(line)["messages"] for line in file]
    with open(passages, encoding="utf-8") as file:
        answers = [text for line in file if len(text := json.loads(line)["text"]) > 1500]
    while True:
        question = chance.choice(turns)[-1]["content"]
        yield [{"role": "user", "content": chance.choice(turns)[0]["content"]},
               {"role": "assistant", "content": chance.choice(answers)}, {"role": "user", "content": question}]


supply = texts()


def body(kind):
    messages = next(supply)
    if kind == "parlance":
        return "/v1/search", {"messages": messages, "k": 10}
    # The same words in the same order as the whole conversation is read.
    return "/search", {"query": " [SEP] ".join(m["content"] for m in reversed(messages)), "k": 10}


async def client(port, kind, end, times, statuses):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < end:
        path, document = body(kind)
        data = json.dumps(document).encode()
        began = time.perf_counter()
        writer.write(f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n".encode() + data)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        times.append(time.perf_counter() - began)
        status = int(head.split()[1])
        statuses[status] = statuses.get(status, 0) + 1
    writer.close()


async def burst(port, kind, at_once):
    times, statuses = [], {}
    end = time.perf_counter() + seconds
    await asyncio.gather(*(client(port, kind, end, times, statuses) for _ in range(at_once)))
    return times, statuses


def quantile(times, share):
    return 1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))]


def compare():
    services = {"parlance": ours()}
    # Processes, threads of torch in each, and the most requests that go through the model together.
    for workers, threads, batch in json.loads(os.environ.get("PEER_STACKS", "[[1, 2, 0], [2, 1, 0], [1, 2, 32], [2, 1, 16]]")):
        services[f"stack, {workers} x {threads}" + (f", batches of {batch}" if batch else "")] = stack(workers, threads, batch)
    for process, port in services.values():
        wait_for(port)
    # Other workers than the one that answered may still be loading; what they use of the processor tells.
    before = 0
    while (now := sum(processor_seconds(process) for process, _ in services.values())) - before > 0.5:
        before = now
        time.sleep(3)
    figures = {}
    for round_ in range(rounds + 1):
        for at_once in AT_ONCE:
            for name, (process, port) in services.items():
                before, began = processor_seconds(process), time.perf_counter()
                times, statuses = asyncio.run(burst(port, name.split(",")[0], at_once))
                taken, wall = processor_seconds(process) - before, time.perf_counter() - began
                assert set(statuses) == {200}, (name, statuses)
                # The first round warms up.
                if round_:
                    figures.setdefault((at_once, name), []).append((times, taken, wall))
        print(f"round {round_} of {rounds}, load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    print("| at once | service | requests a second | p50 ms | p99 ms | processor ms a request |\n| --- | --- | --- | --- | --- | --- |")
    for (at_once, name), runs in figures.items():
        times = [value for run in runs for value in run[0]]
        print(f"| {at_once} | {name} | {len(times) / sum(run[2] for run in runs):.1f} | {quantile(times, .5):.1f} | "
              f"{quantile(times, .99):.1f} | {1000 * sum(run[1] for run in runs) / len(times):.1f} |", flush=True)
    return services["parlance"][1]


def post(port, path, document):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(document).encode(), {"content-type": "application/json"})
    return json.loads(urllib.request.urlopen(request).read())


def rewriting(port):
    """Time to passages: a small language model rewrites the question, against reading the conversation."""
    weights = os.environ.get("PEER_LANGUAGE_MODEL")
    if not weights:
        return print("no language model: PEER_LANGUAGE_MODEL names none", file=sys.stderr)
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = weights
    parameters.n_ctx, parameters.n_parallel = 2048, 1
    # More threads than there are free cores wait for each other.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = int(os.environ.get("PEER_LANGUAGE_THREADS", "1"))
    parameters.hostnames, parameters.port = ["127.0.0.1"], 0
    server = xllamacpp.Server(parameters)
    model_port = int(server.listening_address.rsplit(":", 1)[1])
    rewritten, read, asked = [], [], 0
    for _ in range(20):
        messages = next(supply)
        began = time.perf_counter()
        said = "\n".join(f"{m['role']}: {m['content'][:1500]}" for m in messages[:-1])
        prompt = f"{said}\n\nRewrite this last question so that it stands by itself: {messages[-1]['content']}\nAnswer with the question alone."
        answer = post(model_port, "/v1/chat/completions",
                      {"messages": [{"role": "user", "content": prompt}], "max_tokens": 64, "temperature": 0})
        words = answer["choices"][0]["message"]["content"].strip() or messages[-1]["content"]
        asked += answer["usage"]["completion_tokens"]
        post(port, "/v1/search", {"query": words, "k": 10})
        rewritten.append(time.perf_counter() - began)
        began = time.perf_counter()
        post(port, "/v1/search", {"messages": messages, "k": 10})
        read.append(time.perf_counter() - began)
    print("\n| time to passages | p50 ms | p90 ms |\n| --- | --- | --- |")
    for name, times in ((f"rewriting by SmolLM2-135M (Q4), then search; {asked / 20:.0f} tokens a rewrite", rewritten),
                        ("the conversation as it was said", read)):
        print(f"| {name} | {1000 * statistics.median(times):.1f} | {quantile(times, .9):.1f} |", flush=True)


print(f"load before {os.getloadavg()[0]:.1f}", file=sys.stderr)
try:
    rewriting(compare())
finally:
    for process in processes:
        os.killpg(process.pid, signal.SIGTERM)
    print(f"load after {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    # The language model's threads would keep the process.
    sys.stdout.flush()
    os._exit(0)
