"""A small server that speaks the Hugging Face hub's protocol, for tests.

hub_server.py FOLDER [FAULT...] serves FOLDER/owner/name/... on 127.0.0.1 and prints its port. Small files come from the hub
itself; *.safetensors by a redirect to another host name (localhost), as the real hub does. Each request is logged as one line
"METHOD HOST PATH authorization-or-minus range-or-minus" to FOLDER/requests.log. Faults: truncate=N (the first N storage
answers stop in the middle), trouble=N (the first N requests get 503), damage (storage answers have a wrong byte). The server
ends with its parent, or after an hour.
"""

import hashlib
import http.server
import json
import os
import sys
import threading
import time
import urllib.parse

# Before anything is told: a parent that is gone by now takes no port, and the printing fails.
PARENT = os.getppid()
ROOT = sys.argv[1]
FAULTS = dict(f.partition("=")[::2] for f in sys.argv[2:])
LEFT = {name: int(FAULTS.get(name) or 0) for name in ("truncate", "trouble")}
COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOKEN = "Bearer hf_secret"


class Hub(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", headers=(), claimed=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(claimed if claimed is not None else len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def do_HEAD(self):
        self.handle_request()

    def do_GET(self):
        self.handle_request()

    def handle_request(self):
        host = self.headers["Host"].rpartition(":")[0]
        authorization = self.headers.get("Authorization") or "-"
        wanted = self.headers.get("Range") or "-"
        with open(os.path.join(ROOT, "requests.log"), "a") as log:
            log.write(f"{self.command} {host} {self.path} {authorization.replace(' ', '_')} {wanted}\n")
        if LEFT["trouble"] > 0:
            LEFT["trouble"] -= 1
            return self.answer(503)
        parts = urllib.parse.unquote(self.path.partition("?")[0]).strip("/").split("/")
        if parts[0] == "storage":
            return self.storage(os.path.join(ROOT, *parts[1:]), wanted)
        if parts[:2] == ["api", "models"]:
            repository, kind = "/".join(parts[2:4]), parts[4] if len(parts) > 4 else ""
        else:
            repository, kind = "/".join(parts[:2]), parts[2] if len(parts) > 2 else ""
        folder = os.path.join(ROOT, repository)
        if repository == "old/moved":
            return self.answer(307, headers=[("Location", self.path.replace("old/moved", "owner/tiny"))])
        if repository == "owner/gated" and authorization != TOKEN:
            return self.answer(403 if authorization != "-" else 401, headers=[("X-Error-Code", "GatedRepo")])
        if not os.path.isdir(folder):
            return self.answer(404, headers=[("X-Error-Code", "RepoNotFound")])
        if kind in ("revision", ""):
            revision = "/".join(parts[5:]) or "main"
            if revision not in ("main", "v1", COMMIT):
                return self.answer(404, headers=[("X-Error-Code", "RevisionNotFound")])
            names = names_in(folder)
            body = {"id": repository, "sha": COMMIT, "siblings": [{"rfilename": n} for n in names], "private": False}
            return self.answer(200, json.dumps(body).encode(), [("Content-Type", "application/json")])
        if kind == "tree":
            body = [tree_entry(folder, name) for name in names_in(folder)]
            return self.answer(200, json.dumps(body).encode(), [("Content-Type", "application/json")])
        path = os.path.join(folder, *parts[4:])
        if kind != "resolve" or not os.path.isfile(path):
            return self.answer(404, headers=[("X-Error-Code", "EntryNotFound"), ("X-Repo-Commit", COMMIT)])
        content = open(path, "rb").read()
        if path.endswith(".safetensors"):
            location = f"http://localhost:{self.server.server_port}/storage/{os.path.relpath(path, ROOT)}?signature=x"
            headers = [
                ("Location", location), ("X-Repo-Commit", COMMIT), ("X-Linked-Size", str(len(content))),
                ("X-Linked-Etag", f'"{hashlib.sha256(content).hexdigest()}"'),
            ]
            return self.answer(302, headers=headers)
        digest = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        self.answer(200, content, [("ETag", f'"{digest}"'), ("X-Repo-Commit", COMMIT)])

    def storage(self, path, wanted):
        content = open(path, "rb").read()
        if "damage" in FAULTS:
            content = content[:-1] + bytes([content[-1] ^ 1])
        start, headers, status = 0, [], 200
        if wanted != "-":
            start = int(wanted.removeprefix("bytes=").partition("-")[0])
            if start >= len(content):
                return self.answer(416)
            headers, status = [("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")], 206
        body = content[start:]
        if LEFT["truncate"] > 0 and self.command == "GET":
            LEFT["truncate"] -= 1
            self.answer(status, body[: len(body) // 2], headers, claimed=len(body))
            self.close_connection = True
            return None
        return self.answer(status, body, headers)


def names_in(folder):
    return sorted(os.path.relpath(os.path.join(place, name), folder) for place, _, files in os.walk(folder) for name in files)


def tree_entry(folder, name):
    content = open(os.path.join(folder, name), "rb").read()
    entry = {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()}
    if name.endswith(".safetensors"):
        entry["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 100}
    return entry


def end_with_parent():
    until = time.monotonic() + 3600
    while os.getppid() == PARENT and time.monotonic() < until:
        time.sleep(0.2)
    os._exit(0)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
threading.Thread(target=end_with_parent, daemon=True).start()
print(server.server_port, flush=True)
server.serve_forever()
