# SPDX-License-Identifier: Apache-2.0
"""Where the cases play: Synapse, the embedded homeserver, or both; with whoever else is there."""
import pathlib
import shutil
import sys
import time
import unittest

import bots
import js_client
import peers
import synapse
from plain_client import Client, is_message, newest_body

BINARIES = pathlib.Path(sys.argv[1]).resolve()
WORK = pathlib.Path(sys.argv[2]).resolve()
PASSWORD = "interop-password"


class OnSynapse(unittest.TestCase):
    """One Synapse for all cases; each case has accounts of its own."""
    server = None
    why_not = None

    @classmethod
    def setUpClass(cls):
        if OnSynapse.server or OnSynapse.why_not:
            return
        try:
            print("fetching and starting Synapse", flush=True)
            synapse.fetch(WORK / "synapse")
            shutil.rmtree(WORK / "data", ignore_errors=True)
            OnSynapse.server = synapse.Synapse(WORK / "synapse", WORK / "data")
        except synapse.Unavailable as reason:
            OnSynapse.why_not = f"Synapse: {reason}"

    def setUp(self):
        if self.why_not:
            self.skipTest(self.why_not)
        self.name = self._testMethodName.removeprefix("test_")[:30]
        self.folder = WORK / "cases" / self.name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for who in ("ann", "bot"):
            self.server.register(f"{who}-{self.name}", PASSWORD)
        self.ann_id, self.bot_id = f"@ann-{self.name}:localhost", f"@bot-{self.name}:localhost"

    def ann(self):
        return Client(self.server.port, f"ann-{self.name}", PASSWORD)

    def start_bot(self, room, admins=None):
        config = bots.write_config(self.folder, self.server.url, self.bot_id, PASSWORD, [room], admins or [self.ann_id])
        program = bots.start_bot(BINARIES, config)
        self.addCleanup(program.stop)
        return program

    def bot_in_room(self):
        ann = self.ann()
        room = ann.create_room([self.bot_id])
        program = self.start_bot(room)
        ann.wait_for_member(room, self.bot_id)
        return ann, room, program

    def answer(self, ann, room, words):
        return ann.wait_for(room, lambda e: is_message(e, self.bot_id) and words in newest_body(e), f"answer with `{words}`")

    def shown(self, ann, room, words, limit=60):
        """Waits until the room holds such a message of the bot, new or old."""
        deadline = time.monotonic() + limit
        while not any(is_message(e, self.bot_id) and words in newest_body(e) for e in ann.all_messages(room)):
            if time.monotonic() > deadline:
                raise AssertionError(f"no `{words}` in the room within {limit} s")
            time.sleep(0.2)


class OnBoth(OnSynapse):
    """On Synapse, and on the embedded homeserver."""
    embedded = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if OnBoth.embedded is None:
            OnBoth.embedded = peers.EmbeddedHomeserver(BINARIES)

    def on_embedded(self):
        for who in ("ann", "bot"):
            self.embedded.register(f"{who}-{self.name}", PASSWORD)
        return self.embedded

    def node(self):
        try:
            return js_client.fetch(WORK / "js")
        except synapse.Unavailable as reason:
            return self.skipTest(f"matrix-js-sdk: {reason}")


class OnEmbedded(unittest.TestCase):
    """One embedded homeserver for all cases; each has accounts of its own."""
    embedded = None
    not_offered = set()

    def setUp(self):
        if OnEmbedded.embedded is None:
            OnEmbedded.embedded = peers.EmbeddedHomeserver(BINARIES)

    def judge(self, who, steps):
        """Each step was made; what the homeserver does not offer is named, and counted as skipped."""
        for step in steps:
            with self.subTest(step=step["step"]):
                if step.get("missing"):
                    OnEmbedded.not_offered.add(step["step"])
                    self.skipTest(f"the embedded homeserver does not offer what {who} asks for at `{step['step']}`")
                self.assertTrue(step["ok"], step.get("why"))


class WithPeople(OnBoth):
    """The echo bot in a room with devices of people, strict but where it is said otherwise."""

    def start_echo(self, **more):
        program = bots.start_echo_bot(BINARIES, self.folder, self.homeserver.url, self.bot_id, PASSWORD, "encrypted_echo", more)
        self.addCleanup(program.stop)
        program.wait_for_line("ready")
        return program

    def log(self):
        return (self.folder / "echo.log").read_text()

    def person(self, name="ann", role="new", *recovery_key):
        made = js_client.Person(self.node(), WORK / "js", self.homeserver.url, f"{name}-{self.name}", PASSWORD, role, *recovery_key)
        self.addCleanup(made.close)
        return made.begin()

    def with_ann(self, homeserver, **more):
        """The bot, and ann with it in a room."""
        self.homeserver = homeserver
        echo = self.start_echo(**more)
        ann = self.person()
        self.room = ann.do("make", invite=[self.bot_id])["room"]
        ann.do("member", user=self.bot_id, **{"is": "join"})
        return echo, ann

    def another_ann(self, role, *recovery_key):
        made = self.person("ann", role, *recovery_key)
        made.do("enter", room=self.room)
        return made

    def answered(self, person, text):
        """Says it, and what the bot's answer looks like: encrypted, or it would be no answer."""
        person.says(text)
        answer = person.hears(f"echo: {text}", self.bot_id)
        self.assertEqual(answer["wire"], "m.room.encrypted")
        return answer
