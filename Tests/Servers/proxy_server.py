"""A small proxy for tests: CONNECT alone, for the user `us:er` with the password `p@ss`.

proxy_server.py LOG listens on 127.0.0.1 and prints its port. Every host is taken for this machine, so that names which nobody
resolves reach a test's own server. Each request is logged as one line "METHOD TARGET". The server ends with its parent, or
after an hour.
"""

import base64
import http.server
import os
import select
import socket
import sys
import threading
import time

# Before anything is told: a parent that is gone by now takes no port, and the printing fails.
PARENT = os.getppid()
LOG = sys.argv[1]
WANTED = "Basic " + base64.b64encode(b"us:er:p@ss").decode()


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_CONNECT(self):
        with open(LOG, "a") as log:
            log.write(f"{self.command} {self.path}\n")
        self.close_connection = True
        if self.headers["Proxy-Authorization"] != WANTED:
            return self.send_error(407)
        try:
            server = socket.create_connection(("127.0.0.1", int(self.path.rpartition(":")[2])))
        except OSError:
            return self.send_error(502)
        self.send_response(200)
        self.end_headers()
        pairs = {self.connection: server, server: self.connection}
        while True:
            for ready in select.select(list(pairs), [], [])[0]:
                data = ready.recv(1 << 16)
                if not data:
                    return server.close()
                pairs[ready].sendall(data)


def end_with_parent():
    until = time.monotonic() + 3600
    while os.getppid() == PARENT and time.monotonic() < until:
        time.sleep(0.2)
    os._exit(0)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
threading.Thread(target=end_with_parent, daemon=True).start()
print(server.server_port, flush=True)
server.serve_forever()
