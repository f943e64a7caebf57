# SPDX-License-Identifier: Apache-2.0
"""A homeserver for one bot, over TLS with a certificate of its own: a first sync of so many rooms, then silence, or what the test says."""
import http.server
import json
import os
import ssl
import subprocess
import threading
from urllib.parse import parse_qs, urlparse

USER = "@bot:bench.test"
PERSON = "@ann:bench.test"
SYSTEM_CAS = "/etc/ssl/certs/ca-certificates.crt"


def state(kind, key, content, number):
    return {"type": kind, "state_key": key, "sender": PERSON, "content": content, "origin_server_ts": 1767225600000,
            "event_id": f"$s{number}{'x' * 36}"}


def message(number, body):
    return {"type": "m.room.message", "sender": PERSON, "content": {"msgtype": "m.text", "body": body},
            "origin_server_ts": 1767225600000, "event_id": f"$m{number}{'x' * 36}"}


def room(number):
    events = [
        state("m.room.create", "", {"room_version": "11"}, f"{number}a"),
        state("m.room.power_levels", "", {"users": {PERSON: 100}}, f"{number}b"),
        state("m.room.join_rules", "", {"join_rule": "invite"}, f"{number}c"),
        state("m.room.history_visibility", "", {"history_visibility": "shared"}, f"{number}d"),
        state("m.room.name", "", {"name": f"Room {number}"}, f"{number}e"),
    ]
    for user in (USER, PERSON, "@bob:bench.test", "@cas:bench.test", "@dan:bench.test"):
        events.append(state("m.room.member", user, {"membership": "join", "displayname": user[1:4]}, f"{number}{user[1:4]}"))
    timeline = [message(f"{number}-{i}", "an old message of some length, as people write them") for i in range(10)]
    return {"state": {"events": events}, "timeline": {"events": timeline, "limited": True, "prev_batch": "p"},
            "summary": {"m.joined_member_count": 5}}


class Homeserver(http.server.ThreadingHTTPServer):
    """`on_send(path)` is called while a message of the bot waits for its answer. A client that trusts `cas` trusts the system's CAs too."""
    daemon_threads = True

    def __init__(self, rooms, folder, on_send=None):
        super().__init__(("127.0.0.1", 0), Requests)
        certificate, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate, key)
        self.url = f"https://localhost:{self.server_address[1]}"
        self.cas = os.path.join(folder, "cas.pem")
        with open(self.cas, "wb") as file:
            for part in (SYSTEM_CAS, certificate):
                if os.path.exists(part):
                    with open(part, "rb") as content:
                        file.write(content.read())
        self.on_send = on_send
        self.rooms = rooms
        self.pending = []
        self.changed = threading.Condition()
        self.position = 1
        self.sent = 0
        self.device = None     # of the bot, as it was uploaded
        self.identity = {}     # likewise, the account's cross-signing keys by their names in an answer
        self.listening = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def finish_request(self, request, client_address):
        # Here, in the connection's own thread: a client that connects and says nothing holds up nobody else.
        with self.tls.wrap_socket(request, server_side=True) as secure:
            self.RequestHandlerClass(secure, client_address, self)

    def handle_error(self, request, client_address):
        pass  # a bot that ends, or races two connections, leaves some unanswered

    def say(self, body):
        with self.changed:
            self.pending.append(body)
            self.changed.notify_all()

    def wait_sent(self, number):
        with self.changed:
            if not self.changed.wait_for(lambda: self.sent >= number, 30):
                raise RuntimeError(f"the bot has sent {self.sent} messages, not {number}, after 30 s")

    def wait_listening(self):
        """Until the bot has asked for what comes after the first sync."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.listening, 60):
                raise RuntimeError("the bot did not sync within 60 s")

    def took(self, path):
        with self.changed:
            if self.on_send:
                self.on_send(path)
            self.sent += 1
            self.changed.notify_all()
            return {"event_id": f"$e{self.sent}"}

    def take_keys(self, body):
        self.device = body.get("device_keys") or self.device
        return {"one_time_key_counts": {"signed_curve25519": 50}}

    def take_identity(self, body):
        self.identity = {name + "s": {USER: keys} for name, keys in body.items() if name != "auth"}
        return {}

    def take_signatures(self, body):
        for signed in body.get(USER, {}).values():
            if self.device and signed.get("device_id") == self.device["device_id"]:
                self.device["signatures"][USER].update(signed["signatures"][USER])
        return {"failures": {}}

    def known_keys(self):
        devices = {self.device["device_id"]: self.device} if self.device else {}
        return {"device_keys": {USER: devices}, **self.identity}

    def sync(self, query):
        return {**self.sync_of_rooms(query), "device_one_time_keys_count": {"signed_curve25519": 50},
                "device_unused_fallback_key_types": ["signed_curve25519"]}

    def sync_of_rooms(self, query):
        if "since" not in query:
            return {"next_batch": "s1", "rooms": {"join": {f"!r{i}:bench.test": room(i) for i in range(self.rooms)}}}
        with self.changed:
            self.listening = True
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.pending, int(query.get("timeout", "0")[0]) / 1000)
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
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlparse(self.path)
        path = url.path
        if path.endswith("/versions"):
            self.answer({"versions": ["v1.12"]})
        elif path.endswith("/login") or path.endswith("/whoami"):
            self.answer({"user_id": USER, "device_id": "DEVICE", "access_token": "token"})
        elif path.endswith("/sync"):
            self.answer(self.server.sync(parse_qs(url.query)))
        elif "/send/" in path:
            self.answer(self.server.took(path))
        elif path.endswith("/keys/upload"):
            self.answer(self.server.take_keys(json.loads(sent)))
        elif path.endswith("/keys/query"):
            self.answer(self.server.known_keys())
        elif path.endswith("/keys/device_signing/upload"):
            self.answer(self.server.take_identity(json.loads(sent)))
        elif path.endswith("/keys/signatures/upload"):
            self.answer(self.server.take_signatures(json.loads(sent)))
        else:
            self.answer({})

    do_GET = do_PUT = do_POST = serve
