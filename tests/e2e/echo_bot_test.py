#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The first example as its reader builds it: invited, spoken to, stopped, killed, started again. usage: echo_bot_test.py CHATRIXCD ECHO_BOT"""
import pathlib
import signal
import sys
import tempfile
import unittest

from homeserver import Bot, Homeserver, Person

CHATRIXCD, ECHO_BOT = (str(pathlib.Path(sys.argv.pop(1)).resolve()) for _ in range(2))
ECHO, PERSON = "@echo:localhost", "@ann:localhost"


class EchoBot(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.server = Homeserver(CHATRIXCD, "--listen", "127.0.0.1:0", "--in-memory", "--register", "echo", "ann")
        self.addCleanup(self.server.close)
        self.passwords = self.server.passwords(2)
        self.person = Person(self.server, PERSON, self.passwords[PERSON])

    def start(self):
        bot = Bot([ECHO_BOT], self.folder / "log", {
            "MATRIX_HOMESERVER": self.server.url, "MATRIX_USER": ECHO, "MATRIX_PASSWORD": self.passwords[ECHO],
            "MATRIX_STORE": str(self.folder / "store")})
        self.addCleanup(bot.close)
        bot.wait_for_line("ready")
        return bot

    def converse(self, room, text):
        self.person.say(room, text)
        self.person.wait_for_words(room, ECHO, "echo: " + text)

    def test_each_text_is_echoed_once_through_a_stop_and_a_kill(self):
        bot = self.start()
        room = self.person.create_room(ECHO)
        self.person.wait_for_member(room, ECHO)
        self.converse(room, "one")
        self.assertEqual(bot.end(signal.SIGTERM), 0, bot.output())
        self.person.say(room, "said while it was down")

        bot = self.start()
        self.person.wait_for_words(room, ECHO, "echo: said while it was down")
        self.converse(room, "two")
        bot.end(signal.SIGKILL)

        bot = self.start()
        # Answered in order: what would be echoed again would be there before this.
        self.converse(room, "three")
        self.assertEqual(self.person.said_by(room, ECHO), ["echo: one", "echo: said while it was down", "echo: two", "echo: three"])
        self.assertEqual(bot.end(signal.SIGINT), 0, bot.output())

    def test_a_wrong_password_ends_it_with_one_line(self):
        bot = Bot([ECHO_BOT], self.folder / "log", {
            "MATRIX_HOMESERVER": self.server.url, "MATRIX_USER": ECHO, "MATRIX_PASSWORD": "wrong", "MATRIX_STORE": str(self.folder / "store")})
        self.addCleanup(bot.close)
        self.assertNotEqual(bot.process.wait(30), 0)
        self.assertIn("password", bot.output())


if __name__ == "__main__":
    unittest.main(verbosity=2)
