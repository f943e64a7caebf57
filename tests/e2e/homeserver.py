# SPDX-License-Identifier: Apache-2.0
"""The embedded homeserver as a child process, a person on it by Python's own HTTP, and the bots that the tests let talk to them."""
import itertools
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

quoted = urllib.parse.quote
_transactions = itertools.count(1)


class Homeserver:
    def __init__(self, chatrixcd, *arguments):
        self.process = subprocess.Popen([chatrixcd, "homeserver", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            raise AssertionError(line + self.process.stderr.read())
        self.url = line.split()[1]

    def passwords(self, number):
        """Of the accounts that a store in memory was given, by user id."""
        lines = [self.process.stderr.readline() for _ in range(number)]
        return dict(re.fullmatch(r"account (\S+) password (\w{22})\n", line).groups() for line in lines)

    def ask(self, method, path, body=None, token=None, content_type="application/json"):
        """Status, headers and body."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": content_type}, method=method)
        if token:
            request.add_header("Authorization", "Bearer " + token)
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            content = answer.read()
            is_json = answer.headers["Content-Type"] == "application/json"
            return answer.status, answer.headers, json.loads(content) if is_json else content

    def log_in(self, user, password):
        body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": user}, "password": password}
        status, _, said = self.ask("POST", "/_matrix/client/v3/login", body)
        assert status == 200, said
        return said["access_token"]

    def end(self, number=signal.SIGTERM):
        """Exit code and what was written to standard error."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors

    def close(self):
        """For what a test that failed leaves behind."""
        self.process.kill()
        self.process.communicate()


class Person:
    """Somebody in rooms with a bot."""

    def __init__(self, server, user, password):
        self.server, self.user, self.token = server, user, server.log_in(user, password)

    def ask(self, method, path, body=None):
        status, _, said = self.server.ask(method, "/_matrix/client/v3" + path, body, self.token)
        assert status == 200, said
        return said

    def create_room(self, invite):
        return self.ask("POST", "/createRoom", {"preset": "private_chat", "invite": [invite]})["room_id"]

    def say(self, room, text, thread=None):
        """`thread`: the first event of one."""
        path = f"/rooms/{quoted(room)}/send/m.room.message/{next(_transactions)}"
        content = {"msgtype": "m.text", "body": text}
        if thread:
            content["m.relates_to"] = {"rel_type": "m.thread", "event_id": thread}
        return self.ask("PUT", path, content)["event_id"]

    def membership(self, room, user):
        members = self.ask("GET", f"/rooms/{quoted(room)}/members")["chunk"]
        return {m["state_key"]: m["content"]["membership"] for m in members}.get(user)

    def wait_for_member(self, room, user):
        wait_until(lambda: self.membership(room, user) == "join", f"{user} in the room")

    def said_by(self, room, user):
        """The bodies of that user's messages as they stand now, oldest first. Edits change them."""
        events = self.ask("GET", f"/rooms/{quoted(room)}/messages?dir=b&limit=100")["chunk"][::-1]
        bodies = {}
        for event in events:
            content = event["content"]
            if event["type"] != "m.room.message" or event["sender"] != user:
                continue
            relation = content.get("m.relates_to", {})
            if relation.get("rel_type") == "m.replace":
                bodies[relation["event_id"]] = content["m.new_content"]["body"]
            else:
                bodies.setdefault(event["event_id"], content["body"])
        return list(bodies.values())

    def wait_for_words(self, room, user, words):
        """The first body with the words."""
        def found():
            return next((body for body in self.said_by(room, user) if words in body), None)
        return wait_until(found, f"`{words}` by {user}", lambda: "\n".join(self.said_by(room, user)))


class Bot:
    """A program that logs in as somebody; its output is one text."""

    def __init__(self, argv, log, environment=None):
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as out:
            self.from_here = out.tell()
            self.process = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            env={**os.environ, **(environment or {})})

    def output(self):
        """Since it was started, without those before it."""
        return self.log.read_bytes()[self.from_here:].decode(errors="replace")

    def wait_for_line(self, words):
        def found():
            if words in self.output():
                return True
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.output()}"
            return False
        wait_until(found, f"`{words}` in its output", self.output)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(30)

    def close(self):
        self.process.kill()
        self.process.wait()


def wait_until(met, what, otherwise=lambda: "", limit=60):
    deadline = time.monotonic() + limit
    while not (found := met()):
        if time.monotonic() > deadline:
            raise AssertionError(f"no {what} within {limit} s\n{otherwise()}")
        time.sleep(0.05)
    return found
