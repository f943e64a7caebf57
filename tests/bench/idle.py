#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a bot costs while nothing happens: memory with 1, 100 and 1,000 rooms over TLS, CPU until ready, and fsyncs a message.

    tests/bench/idle.py build/bench/bin/echo_bot

The homeserver is a stub in this script: TLS with a certificate of its own, a first sync of so many rooms, then silence. strace, where it
is installed, counts the fsyncs between a message and its echo.
"""
import http.server
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from urllib.parse import parse_qs, urlparse

USER = "@bot:bench.test"


def state(kind, key, content, number):
    return {"type": kind, "state_key": key, "sender": "@ann:bench.test", "content": content, "origin_server_ts": 1767225600000,
            "event_id": f"$s{number}{'x' * 36}"}


def message(number, body):
    return {"type": "m.room.message", "sender": "@ann:bench.test", "content": {"msgtype": "m.text", "body": body},
            "origin_server_ts": 1767225600000, "event_id": f"$m{number}{'x' * 36}"}


def room(number):
    events = [
        state("m.room.create", "", {"room_version": "11"}, f"{number}a"),
        state("m.room.power_levels", "", {"users": {"@ann:bench.test": 100}}, f"{number}b"),
        state("m.room.join_rules", "", {"join_rule": "invite"}, f"{number}c"),
        state("m.room.history_visibility", "", {"history_visibility": "shared"}, f"{number}d"),
        state("m.room.name", "", {"name": f"Room {number}"}, f"{number}e"),
    ]
    for user in (USER, "@ann:bench.test", "@bob:bench.test", "@cas:bench.test", "@dan:bench.test"):
        events.append(state("m.room.member", user, {"membership": "join", "displayname": user[1:4]}, f"{number}{user[1:4]}"))
    timeline = [message(f"{number}-{i}", "an old message of some length, as people write them") for i in range(10)]
    return {"state": {"events": events}, "timeline": {"events": timeline, "limited": True, "prev_batch": "p"},
            "summary": {"m.joined_member_count": 5}}


class Homeserver(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, rooms, folder):
        super().__init__(("127.0.0.1", 0), Requests)
        certificate = os.path.join(folder, "cert.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost", "-keyout", os.path.join(folder, "key.pem"), "-out", certificate],
                       check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, os.path.join(folder, "key.pem"))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.certificate = certificate
        self.rooms = rooms
        self.pending = []
        self.changed = threading.Condition()
        self.position = 1
        self.sent = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def say(self, body):
        with self.changed:
            self.pending.append(body)
            self.changed.notify_all()

    def wait_sent(self, number):
        with self.changed:
            if not self.changed.wait_for(lambda: self.sent >= number, 30):
                raise SystemExit("no echo came")

    def sync(self, query):
        if "since" not in query:
            return {"next_batch": "s1", "rooms": {"join": {f"!r{i}:bench.test": room(i) for i in range(self.rooms)}}}
        with self.changed:
            self.changed.wait_for(lambda: self.pending, int(query["timeout"][0]) / 1000)
            if not self.pending:
                return {"next_batch": f"s{self.position}"}
            self.position += 1
            events = [message(f"new-{self.position}-{i}", body) for i, body in enumerate(self.pending)]
            self.pending = []
        return {"next_batch": f"s{self.position}", "rooms": {"join": {"!r0:bench.test": {"timeline": {"events": events}}}}}


class Requests(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def serve(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlparse(self.path)
        path = url.path
        if path.endswith("/versions"):
            self.answer({"versions": ["v1.12"]})
        elif path.endswith("/login") or path.endswith("/whoami"):
            self.answer({"user_id": USER, "device_id": "DEVICE", "access_token": "token"})
        elif path.endswith("/sync"):
            self.answer(self.server.sync(parse_qs(url.query)))
        elif "/send/" in path:
            with self.server.changed:
                self.server.sent += 1
                self.server.changed.notify_all()
            self.answer({"event_id": f"$e{self.server.sent}"})
        else:
            self.answer({})

    do_GET = do_PUT = do_POST = serve


class Bot:
    def __init__(self, program, server, folder, before=()):
        environment = dict(os.environ, MATRIX_HOMESERVER=f"https://localhost:{server.server_address[1]}", MATRIX_USER=USER,
                           MATRIX_PASSWORD="secret", MATRIX_STORE=os.path.join(folder, "store"), SSL_CERT_FILE=server.certificate)
        self.process = subprocess.Popen([*before, program], env=environment, cwd=folder, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            raise SystemExit("the bot did not become ready")

    def cpu_ms(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def memory_mb(self):
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
            sizes = dict(re.findall(r"^(\w+):\s+(\d+) kB", file.read(), re.MULTILINE))
        return (int(sizes["Private_Clean"]) + int(sizes["Private_Dirty"])) / 1024, int(sizes["Rss"]) / 1024

    def stop(self):
        # Under strace the bot is a child of the process that we started.
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            children = file.read().split()
        os.kill(int(children[0]) if children else self.process.pid, signal.SIGTERM)
        self.process.wait(30)


def idle(program, rooms):
    with tempfile.TemporaryDirectory() as folder:
        server = Homeserver(rooms, folder)
        bot = Bot(program, server, folder)
        first = bot.cpu_ms()
        time.sleep(2)
        private, rss = bot.memory_mb()
        bot.stop()
        bot = Bot(program, server, folder)
        again = bot.cpu_ms()
        time.sleep(2)
        private_again, rss_again = bot.memory_mb()
        bot.stop()
        server.shutdown()
    print(f"{rooms:5} rooms  first start: {first:4.0f} ms CPU, {private:5.1f} MB private, {rss:5.1f} MB RSS"
          f"   restart: {again:4.0f} ms CPU, {private_again:5.1f} MB private, {rss_again:5.1f} MB RSS", flush=True)


def echoes(program, number=50):
    with tempfile.TemporaryDirectory() as folder:
        server = Homeserver(1, folder)
        bot = Bot(program, server, folder)
        before = bot.cpu_ms()
        for i in range(number):
            server.say(f"message {i}")
            server.wait_sent(i + 1)
        time.sleep(0.5)
        print(f"an echo: {(bot.cpu_ms() - before) / number:.2f} ms CPU")
        bot.stop()
        server.shutdown()


def fsyncs(program, number=20):
    if shutil.which("strace") is None:
        print("fsyncs an echo: strace is not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        server = Homeserver(1, folder)
        log = os.path.join(folder, "calls")
        bot = Bot(program, server, folder, ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", log])
        time.sleep(1)

        def count():
            with open(log, encoding="utf-8") as file:
                return sum("sync(" in line for line in file)

        before = count()
        until_sent = 0
        for i in range(number):
            start = count()
            server.say(f"message {i}")
            server.wait_sent(i + 1)
            until_sent += count() - start
            time.sleep(0.2)
        print(f"fsyncs an echo: {until_sent / number:.2f} until it is sent, {(count() - before) / number:.2f} in all")
        bot.stop()
        server.shutdown()


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    program = os.path.abspath(sys.argv[1])
    for rooms in (1, 100, 1000):
        idle(program, rooms)
    echoes(program)
    fsyncs(program)


if __name__ == "__main__":
    main()
