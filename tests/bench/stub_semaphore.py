# SPDX-License-Identifier: Apache-2.0
"""A Semaphore with one template, whose tasks change when the test says so, and which tells of it over a WebSocket (RFC 6455)."""
import base64
import hashlib
import http.server
import json
import struct
import threading

TOKEN = "bench-token"
TEMPLATE = {"id": 1, "project_id": 1, "name": "hello", "app": "bash", "playbook": "hello.sh", "environment_id": 1}
BEGIN, END = "2026-01-01T00:00:00Z", "2026-01-01T00:00:09Z"


class Semaphore(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Requests)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.tasks = {}
        self.listeners = []
        self.changed = threading.Condition()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # the bot ends its connections when it ends

    def wait(self, ready):
        with self.changed:
            if not self.changed.wait_for(lambda: ready(self), 30):
                raise RuntimeError("the bot did not do in 30 s what was waited for")

    def start(self, wanted):
        with self.changed:
            number = len(self.tasks) + 1
            self.tasks[number] = {"id": number, "project_id": 1, "template_id": 1, "status": "waiting", "message": wanted.get("message", ""),
                                  "created": BEGIN, "start": None, "end": None}
            self.changed.notify_all()
            return dict(self.tasks[number])

    def change(self, number, status):
        """As the server does: over the WebSocket, before anybody can ask for it."""
        with self.changed:
            task = self.tasks[number]
            task.update(status=status, start=BEGIN, end=END if status == "success" else None)
            told = {"type": "update", "project_id": 1, "task_id": number, "template_id": 1, "version": None, "status": status,
                    "start": task["start"], "end": task["end"]}
            text = json.dumps(told).encode()
            frame = b"\x81" + (bytes([len(text)]) if len(text) < 126 else b"\x7e" + struct.pack(">H", len(text))) + text
            for connection in self.listeners:
                connection.sendall(frame)


class Requests(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body, status=200):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def become_websocket(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        with self.server.changed:
            self.server.listeners.append(self.connection)
            self.server.changed.notify_all()
        while self.connection.recv(4096):
            pass  # what a client says to it means nothing
        self.close_connection = True

    def do_GET(self):
        path = self.path.split("?")[0].removeprefix("/api")
        parts = path.strip("/").split("/")
        tasks = self.server.tasks
        if path == "/ws":
            self.become_websocket()
        elif path == "/ping":
            self.answer(b"pong")
        elif path == "/user":
            self.answer({"id": 1, "username": "bot"})
        elif path == "/projects":
            self.answer([{"id": 1, "name": "web"}])
        elif path == "/project/1/templates":
            self.answer([TEMPLATE])
        elif path == "/project/1/templates/1":
            self.answer(TEMPLATE)
        elif path == "/project/1/environment":
            self.answer([{"id": 1, "name": "Empty", "json": "{}"}])
        elif path in ("/project/1/tasks", "/project/1/tasks/last"):
            self.answer([dict(task) for task in reversed(list(tasks.values()))])
        elif parts[-1] == "output":
            self.answer([{"task_id": 1, "time": BEGIN, "output": "hello"}])
        elif parts[-1].isdigit() and int(parts[-1]) in tasks:
            self.answer(dict(tasks[int(parts[-1])]))
        else:
            self.answer(b"Not Found\n", 404)

    def do_POST(self):
        wanted = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        self.answer(self.server.start(wanted), 201)
