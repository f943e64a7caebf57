#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The homeserver alone, over real sockets and through a SIGKILL. usage: homeserver_test.py CHATRIXCD"""
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

from homeserver import Homeserver

CHATRIXCD = str(pathlib.Path(sys.argv.pop(1)).resolve())


class HomeserverAlone(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.store = pathlib.Path(temporary.name) / "homeserver.db"

    def start(self, *arguments):
        server = Homeserver(CHATRIXCD, "--listen", "127.0.0.1:0", *arguments)
        self.addCleanup(lambda: server.process.poll() is None and server.end(signal.SIGKILL))
        return server

    def test_what_was_answered_survives_a_kill_and_a_signal_ends_it_well(self):
        server = self.start("--store", self.store, "--server-name", "test.local", "--register", "ann")
        password_file = pathlib.Path(f"{self.store}-ann.password")
        self.assertEqual(password_file.stat().st_mode & 0o777, 0o600)
        password = password_file.read_text()
        token = server.log_in("ann", password)
        _, _, room = server.ask("POST", "/_matrix/client/v3/createRoom", {"name": "kept"}, token)
        room = urllib.parse.quote(room["room_id"])
        _, _, event = server.ask("PUT", f"/_matrix/client/v3/rooms/{room}/send/m.room.message/1", {"msgtype": "m.text", "body": "kept"}, token)
        _, _, upload = server.ask("POST", "/_matrix/media/v3/upload", b"\x00\xffpixels", token, "image/png")
        server.end(signal.SIGKILL)

        again = self.start("--store", self.store, "--server-name", "test.local", "--register", "ann")
        self.assertEqual(password_file.read_text(), password)
        status, _, said = again.ask("GET", f"/_matrix/client/v3/rooms/{room}/event/{urllib.parse.quote(event['event_id'])}", token=token)
        self.assertEqual((status, said["content"]["body"]), (200, "kept"))
        status, headers, content = again.ask("GET", "/_matrix/client/v1/media/download/" + upload["content_uri"][6:], token=token)
        self.assertEqual((status, content), (200, b"\x00\xffpixels"))
        self.assertIn("sandbox", headers["Content-Security-Policy"])
        code, log = again.end()
        self.assertEqual(code, 0, log)
        self.assertNotIn(password, log)

        other = subprocess.run([CHATRIXCD, "homeserver", "--listen", "0", "--store", self.store, "--server-name", "other.local"],
                               capture_output=True, text=True, timeout=60)
        self.assertEqual(other.returncode, 5)
        self.assertRegex(other.stderr, r"error: .*test\.local")

    def test_in_memory_the_password_is_said_and_a_device_is_deleted_with_a_body(self):
        server = self.start("--in-memory", "--register", "ann", "bob")
        lines = [server.process.stderr.readline() for _ in range(2)]
        password = re.fullmatch(r"account @ann:localhost password (\w{22})\n", lines[0]).group(1)
        token = server.log_in("ann", password)
        _, _, whoami = server.ask("GET", "/_matrix/client/v3/account/whoami", token=token)
        path = "/_matrix/client/v3/devices/" + whoami["device_id"]
        status, _, asked = server.ask("DELETE", path, {}, token)
        self.assertEqual((status, asked["flows"]), (401, [{"stages": ["m.login.password"]}]))
        auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "ann"}, "password": password, "session": asked["session"]}
        self.assertEqual(server.ask("DELETE", path, {"auth": auth}, token)[0], 200)
        self.assertEqual(server.ask("GET", "/_matrix/client/v3/account/whoami", token=token)[0], 401)
        # Nobody else may come.
        self.assertEqual(server.ask("POST", "/_matrix/client/v3/register", {})[0], 403)
        self.assertEqual(server.end(signal.SIGINT)[0], 0)

    def test_open_registration_lets_anybody_in_and_limits_slow_them_down(self):
        server = self.start("--in-memory", "--open-registration", "--rate-limits")
        body = {"username": "eve", "password": "a good password", "auth": {"type": "m.login.dummy"}}
        self.assertEqual(server.ask("POST", "/_matrix/client/v3/register", body)[0], 200)
        statuses = set()
        for _ in range(12):
            status, headers, _ = server.ask("POST", "/_matrix/client/v3/register", {})
            statuses.add(status)
        self.assertEqual(statuses, {401, 429})
        self.assertGreaterEqual(int(headers["Retry-After"]), 1)
        self.assertEqual(server.end()[0], 0)

    def test_what_cannot_be_is_said_in_one_line(self):
        for arguments, word in (((), "--listen"), (("--listen", "x"), "--listen"), (("--listen", "0"), "--store"),
                                (("--listen", "0", "--in-memory", "--register", "Ann"), "user name")):
            done = subprocess.run([CHATRIXCD, "homeserver", *arguments], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(word, done.stderr)
        server = self.start("--in-memory")
        port = server.url.rsplit(":", 1)[1]
        taken = subprocess.run([CHATRIXCD, "homeserver", "--in-memory", "--listen", port], capture_output=True, text=True, timeout=60)
        self.assertEqual(taken.returncode, 5, taken.stderr)
        self.assertIn(port, taken.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
