# SPDX-License-Identifier: Apache-2.0
"""The smallest foreign client: the client-server API by hand, over Python's own HTTP."""
import http.client
import itertools
import json
import time
import urllib.parse

_transactions = itertools.count(1)


class Client:
    def __init__(self, port, user, password):
        self.port = port
        self.token = None
        self.since = None
        self.edits = {}
        answer = self.call("POST", "/_matrix/client/v3/login", {
            "type": "m.login.password", "identifier": {"type": "m.id.user", "user": user}, "password": password})
        self.token = answer["access_token"]
        self.user = answer["user_id"]

    def call(self, method, path, body=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        if response.status != 200:
            raise RuntimeError(f"{method} {path}: {response.status} {text[:300]!r}")
        return json.loads(text)

    def create_room(self, invite):
        return self.call("POST", "/_matrix/client/v3/createRoom", {"preset": "private_chat", "name": "CI", "invite": invite})["room_id"]

    def say(self, room, text):
        quoted = urllib.parse.quote(room)
        path = f"/_matrix/client/v3/rooms/{quoted}/send/m.room.message/t{time.time_ns()}{next(_transactions)}"
        return self.call("PUT", path, {"msgtype": "m.text", "body": text})["event_id"]

    def events(self, room, timeout=10):
        """The room's next timeline events, waiting for some."""
        query = {"timeout": str(int(timeout * 1000))}
        if self.since:
            query["since"] = self.since
        answer = self.call("GET", "/_matrix/client/v3/sync?" + urllib.parse.urlencode(query))
        self.since = answer["next_batch"]
        return answer.get("rooms", {}).get("join", {}).get(room, {}).get("timeline", {}).get("events", [])

    def wait_for(self, room, wanted, what, limit=60):
        """The first event that `wanted` accepts."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            for event in self.events(room, min(10, max(0.1, deadline - time.monotonic()))):
                if wanted(event):
                    return event
        raise AssertionError(f"no {what} within {limit} s")

    def wait_for_member(self, room, user, limit=60):
        path = f"/_matrix/client/v3/rooms/{urllib.parse.quote(room)}/joined_members"
        deadline = time.monotonic() + limit
        while user not in self.call("GET", path)["joined"]:
            if time.monotonic() > deadline:
                raise AssertionError(f"{user} did not join within {limit} s")
            time.sleep(0.2)

    def all_messages(self, room):
        """Every event of the room, oldest first."""
        found, start = [], None
        while True:
            query = {"dir": "b", "limit": "100", **({"from": start} if start else {})}
            page = self.call("GET", f"/_matrix/client/v3/rooms/{urllib.parse.quote(room)}/messages?" + urllib.parse.urlencode(query))
            found += page["chunk"]
            start = page.get("end")
            if not start or not page["chunk"]:
                return found[::-1]


def is_message(event, sender):
    return event["type"] == "m.room.message" and event["sender"] == sender


def newest_body(event):
    content = event["content"]
    return content.get("m.new_content", content).get("body", "")
