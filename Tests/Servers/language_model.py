"""A small language model behind a bad proxy, for tests.

language_model.py WEIGHTS LOG SEED serves the model (llama.cpp's server, one thread) and, on another port of 127.0.0.1, which is
printed, a proxy that drops connections, delays, answers 429 and 500, sends garbage and half an answer. An answer of the model
that went through whole is one line in LOG: the SHA-256 of its question. The process ends with its parent, or after ten minutes.
"""

import hashlib
import http.server
import os
import random
import sys
import threading
import time
import urllib.request

import xllamacpp

WEIGHTS, LOG, SEED = sys.argv[1:4]
chance = random.Random(int(SEED))
lock = threading.Lock()


def serve_model():
    parameters = xllamacpp.CommonParams()
    parameters.model.path = WEIGHTS
    parameters.n_ctx, parameters.n_parallel = 2048, 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.hostnames, parameters.port = ["127.0.0.1"], 0
    return xllamacpp.Server(parameters)


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, length=None, headers={}):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with lock:
            fault = chance.choice(["drop", "delay", "429", "500", "garbage", "half", "none", "none", "none", "none"])
        if fault == "drop":
            self.close_connection = True
        elif fault == "429":
            self.answer(429, b"{}", headers={"Retry-After": "0.2"})
        elif fault == "500":
            self.answer(500, b"no")
        elif fault == "garbage":
            self.answer(200, b"<html>busy</html>")
        elif fault == "half":
            self.answer(200, b'{"choices":[{"message":{"content":"Que', length=400)
            self.close_connection = True
        else:
            if fault == "delay":
                time.sleep(0.3)
            request = urllib.request.Request(MODEL + self.path, body, {"Content-Type": "application/json"})
            # The model's slot is one; who waits for it here does not wait there.
            with lock, urllib.request.urlopen(request) as reply:
                answer = reply.read()
            # Before it is sent: who reads the line may end the reader of the answer.
            with open(LOG, "a") as log:
                log.write(hashlib.sha256(body).hexdigest() + "\n")
            self.answer(200, answer, headers={"Content-Type": "application/json"})


def end_with_parent():
    parent, until = os.getppid(), time.monotonic() + 600
    while os.getppid() == parent and time.monotonic() < until:
        time.sleep(0.2)
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
model = serve_model()
MODEL = model.listening_address
proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
print(proxy.server_port, flush=True)
proxy.serve_forever()
