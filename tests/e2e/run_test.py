#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`chatrixcd run` on a homeserver, over real sockets: whom it follows into a room, what it takes there, and what is sent to it. usage: run_test.py CHATRIXCD"""
import base64
import hashlib
import hmac
import http.client
import json
import pathlib
import re
import signal
import sys
import tempfile
import time
import unittest

from homeserver import Bot, Homeserver, Person

CHATRIXCD = str(pathlib.Path(sys.argv.pop(1)).resolve())
BOT, ADMIN, STRANGER = "@bot:test.local", "@ann:test.local", "@eve:test.local"


class OnAHomeserver(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.server = Homeserver(CHATRIXCD, "--listen", "127.0.0.1:0", "--in-memory", "--server-name", "test.local",
                                 "--register", "bot", "ann", "eve")
        self.addCleanup(self.server.close)
        self.passwords = self.server.passwords(3)
        self.admin = Person(self.server, ADMIN, self.passwords[ADMIN])

    def config(self, rooms, more=None):
        values = {
            "matrix": {"homeserver": self.server.url, "user_id": BOT, "password": self.passwords[BOT], "store_path": str(self.folder / "store")},
            "bot": {"admin_users": [ADMIN], "allowed_rooms": rooms},
            "ci": [{"name": "local", "type": "executor",
                    "projects": [{"name": "demo", "jobs": [
                        {"name": "hello", "argv": ["/bin/echo", "Hello from a job"]},
                        {"name": "release", "argv": ["/bin/echo", "releases {version}"],
                         "parameters": [{"name": "version", "required": True, "pattern": "[0-9.]+"}]}]}]}],
        }
        values.update(more or {})
        path = self.folder / "bot.hjson"
        path.write_text(json.dumps(values), encoding="utf-8")
        path.chmod(0o600)
        return path

    def start(self, rooms, more=None):
        bot = Bot([CHATRIXCD, "run", "-c", self.config(rooms, more)], self.folder / "bot.log")
        self.addCleanup(bot.close)
        bot.wait_for_line("ready")
        return bot


class Questions(OnAHomeserver):
    def test_a_missing_value_is_asked_for_in_the_thread_over_the_death_of_the_bot(self):
        room = self.admin.create_room(BOT)
        bot = self.start([room])
        self.admin.wait_for_member(room, BOT)
        command = self.admin.say(room, "!cd run release")
        self.admin.wait_for_words(room, BOT, "`demo / release` needs `version`: answer in this thread")
        bot.end(signal.SIGKILL)
        self.admin.say(room, "good morning")
        self.admin.say(room, "one", thread=command)
        bot = self.start([room])
        self.admin.wait_for_words(room, BOT, "it must match \"[0-9.]+\". Answer again, or say `cancel`.")
        self.admin.say(room, "1.4.2", thread=command)
        self.admin.wait_for_words(room, BOT, "demo / release #1 · success")
        self.admin.wait_for_words(room, BOT, "releases 1.4.2")
        self.assertEqual(bot.end(), 0, bot.output())


class Invitations(OnAHomeserver):
    def test_only_an_admin_is_followed_into_a_room(self):
        bot = self.start([])
        stranger = Person(self.server, STRANGER, self.passwords[STRANGER])
        hostile = stranger.create_room(BOT)
        bot.wait_for_line("invitation not followed")
        room = self.admin.create_room(BOT)
        self.admin.wait_for_member(room, BOT)
        self.assertEqual(stranger.membership(hostile, BOT), "invite")
        self.assertRegex(bot.output(), rf"invitation not followed: .*admin_users.*{STRANGER}.*{hostile}")
        self.assertEqual(bot.end(), 0, bot.output())

    def test_an_invitation_that_came_while_the_bot_was_down_is_followed(self):
        room = self.admin.create_room(BOT)
        bot = self.start([])
        self.admin.wait_for_member(room, BOT)
        self.assertEqual(bot.end(), 0, bot.output())


class Rooms(OnAHomeserver):
    def test_an_admin_in_a_room_that_is_not_allowed_is_told_the_line_to_paste_and_the_line_works(self):
        bot = self.start([])
        room = self.admin.create_room(BOT)
        self.admin.wait_for_member(room, BOT)
        self.admin.say(room, "!cd run demo hello")
        answer = self.admin.wait_for_words(room, BOT, "bot.allowed_rooms")
        line = re.search(r'"allowed_rooms": (\[.*\])', answer)
        self.assertIsNotNone(line, answer)
        self.assertEqual(json.loads(line.group(1)), [room])
        self.assertEqual(bot.end(), 0, bot.output())

        again = self.start(json.loads(line.group(1)))
        self.admin.say(room, "!cd run demo hello")
        self.admin.wait_for_words(room, BOT, "demo / hello #1 · success")
        self.assertEqual(again.end(), 0, again.output())

    def test_with_other_rooms_allowed_the_id_to_add_is_said_and_theirs_are_not(self):
        bot = self.start(["!private:test.local"])
        room = self.admin.create_room(BOT)
        self.admin.wait_for_member(room, BOT)
        self.admin.say(room, "!cd ping")
        answer = self.admin.wait_for_words(room, BOT, "allowed_rooms")
        self.assertIn(f'"{room}"', answer)
        self.assertNotIn("private", answer)
        self.assertEqual(bot.end(), 0, bot.output())

    def test_who_is_no_admin_is_told_so_in_an_allowed_room_and_nothing_elsewhere(self):
        room = self.admin.create_room(BOT)
        other = self.admin.create_room(BOT)
        bot = self.start([room])
        stranger = Person(self.server, STRANGER, self.passwords[STRANGER])
        for place in (room, other):
            self.admin.wait_for_member(place, BOT)
            self.admin.ask("POST", f"/rooms/{place}/invite", {"user_id": STRANGER})
            stranger.ask("POST", f"/join/{place}", {})
        stranger.say(other, "!cd run demo hello")
        stranger.say(room, "!cd run demo hello")
        self.admin.wait_for_words(room, BOT, f"`{STRANGER}`")
        # The admin's question is answered behind the stranger's, so that silence is silence.
        self.admin.say(other, "!cd ping")
        self.admin.wait_for_words(other, BOT, "allowed_rooms")
        self.assertEqual(len(self.admin.said_by(other, BOT)), 1)
        self.admin.say(room, "!cd run demo hello")
        self.admin.wait_for_words(room, BOT, "demo / hello #1 · success")
        self.assertEqual(bot.end(), 0, bot.output())


class Pushes(OnAHomeserver):
    KEY = "whsec_" + base64.b64encode(b"a key of more than sixteen bytes").decode()

    def setUp(self):
        super().setUp()
        self.bot = self.start([], {
            "push": {"listen": "127.0.0.1:0"},
            "ci": [{"name": "prod", "type": "semaphore", "url": "http://127.0.0.1:9", "token": "t",
                    "push": {"key": self.KEY, "unsigned_alerts": True, "alert_token": "s3cret"}}]})
        self.port = int(re.search(r"listening for webhooks and alerts .*port=(\d+)", self.bot.output()).group(1))

    def post(self, path, body, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self.addCleanup(connection.close)
        connection.request("POST", path, body, {"Content-Type": "application/json", **(headers or {})})
        return connection.getresponse().status

    # As the Standard Webhooks specification says, by another implementation than ours.
    def signed(self, body, age=0, key=None):
        stamp = str(int(time.time()) - age)
        identity = f"msg_{age}"
        secret = base64.b64decode((key or self.KEY).removeprefix("whsec_"))
        digest = hmac.new(secret, f"{identity}.{stamp}.{body}".encode(), hashlib.sha256).digest()
        return {"webhook-id": identity, "webhook-timestamp": stamp, "webhook-signature": "v1," + base64.b64encode(digest).decode()}

    def test_signed_webhooks_and_alerts_with_the_token_are_taken_and_nothing_else_is(self):
        body = '{"project_id": 1, "task_id": 7}'
        self.assertEqual(self.post("/push/prod", body, self.signed(body)), 200)
        self.assertEqual(self.post("/push/prod", body, self.signed(body, age=3600)), 401)
        self.assertEqual(self.post("/push/prod", body + " ", self.signed(body)), 401)
        self.assertEqual(self.post("/push/prod", body), 400)
        alert = json.dumps({"attachments": [{"title": "Task: x", "title_link": "https://ci/project/1/templates/2?t=7"}]})
        self.assertEqual(self.post("/push/prod/alert?token=s3cret", alert), 200)
        self.assertEqual(self.post("/push/prod/alert", alert), 401)
        self.assertEqual(self.post("/push/other/alert?token=s3cret", alert), 404)
        self.assertEqual(self.post("/push/prod/alert?token=s3cret", "x" * 70000), 413)
        self.assertEqual(self.bot.end(), 0, self.bot.output())
        self.assertRegex(self.bot.output(), "unsigned alerts are taken.*server=prod")
        for secret in ("s3cret", self.KEY):
            self.assertNotIn(secret, self.bot.output())


if __name__ == "__main__":
    unittest.main(verbosity=2)
