#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The programs against a real Synapse, with foreign clients, and the embedded homeserver against both and against the
specification: usage: run.py BINARIES WORK_FOLDER [CLASS…]

A peer that cannot be had is named and its cases count as skipped, never as passed."""
import base64
import pathlib
import re
import shutil
import sys
import time
import unittest

import bots
import differential
import js_client
import peers
import shapes
import synapse
from plain_client import Client, is_message, newest_body

BINARIES = pathlib.Path(sys.argv[1]).resolve()
WORK = pathlib.Path(sys.argv[2]).resolve()
PASSWORD = "interop-password"
KNOWN_KEY = "EsTj 3yST y93F SLpB jJsz eAXc 2XzA ygD3 w69H fGaN TKBj jXEd"


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


class PlainClient(OnSynapse):
    def test_help_and_projects_are_answered(self):
        ann, room, _ = self.bot_in_room()
        ann.say(room, "!cd help")
        self.answer(ann, room, "run")
        ann.say(room, "!cd projects")
        self.answer(ann, room, "demo")

    def test_a_run_has_one_card_that_is_edited(self):
        ann, room, _ = self.bot_in_room()
        ann.say(room, "!cd run demo hello")
        final = self.answer(ann, room, "· success")
        card = final["content"].get("m.relates_to", {}).get("event_id", final["event_id"])
        cards = [e for e in ann.all_messages(room) if is_message(e, self.bot_id) and " #1 · " in newest_body(e)
                 and e["content"].get("m.relates_to", {}).get("rel_type") not in ("m.replace", "m.thread")]
        self.assertEqual([e["event_id"] for e in cards], [card])

    def test_the_log_and_a_failure_are_shown(self):
        ann, room, _ = self.bot_in_room()
        ann.say(room, "!cd run demo broken")
        self.answer(ann, room, "· failure")
        ann.say(room, "!cd logs")
        self.answer(ann, room, "something broke")

    def test_who_is_no_admin_starts_nothing(self):
        ann = self.ann()
        room = ann.create_room([self.bot_id])
        stranger = f"eve-{self.name}"
        self.server.register(stranger, PASSWORD)
        ann.call("POST", f"/_matrix/client/v3/rooms/{room}/invite", {"user_id": f"@{stranger}:localhost"})
        eve = Client(self.server.port, stranger, PASSWORD)
        eve.call("POST", f"/_matrix/client/v3/join/{room}", {})
        self.start_bot(room)
        ann.wait_for_member(room, self.bot_id)
        eve.say(room, "!cd run demo count")
        ann.say(room, "!cd ping")
        self.answer(ann, room, "ong")
        self.assertFalse((self.folder / "count.txt").exists())

    def test_killed_in_the_middle_the_card_says_lost_and_nothing_runs_twice(self):
        ann, room, program = self.bot_in_room()
        ann.say(room, "!cd run demo slow")
        self.answer(ann, room, "running")
        program.kill()
        ann.say(room, "!cd run demo count")
        self.start_bot(room)
        self.answer(ann, room, "lost")
        self.answer(ann, room, "#2 · success")
        self.assertEqual((self.folder / "count.txt").read_text().splitlines(), ["one"])

    def test_twenty_commands_while_the_bot_is_down_run_once_each(self):
        ann, room, program = self.bot_in_room()
        ann.say(room, "!cd ping")
        self.answer(ann, room, "ong")
        program.kill()
        for number in range(60):
            ann.say(room, "!cd run demo count" if number % 3 == 0 else f"chatter {number}")
        self.start_bot(room)
        for number in range(1, 21):
            self.shown(ann, room, f"#{number} · success")
        # Whatever would run twice has begun by the time a later command is answered.
        ann.say(room, "!cd ping")
        self.answer(ann, room, "ong")
        lines = (self.folder / "count.txt").read_text().splitlines()
        self.assertEqual(len(lines), 20)

    def test_it_stops_cleanly_at_sigterm(self):
        ann, room, program = self.bot_in_room()
        ann.say(room, "!cd ping")
        self.answer(ann, room, "ong")
        self.assertEqual(program.stop(), 0)


class EchoBot(OnSynapse):
    def test_it_echoes_each_text_once_over_sigkill(self):
        program = bots.start_echo_bot(BINARIES, self.folder, self.server.url, self.bot_id, PASSWORD)
        self.addCleanup(program.stop)
        program.wait_for_line("ready")
        ann = self.ann()
        room = ann.create_room([self.bot_id])
        ann.wait_for_member(room, self.bot_id)
        ann.say(room, "one")
        self.answer(ann, room, "echo: one")
        program.kill()
        ann.say(room, "two")
        again = bots.start_echo_bot(BINARIES, self.folder, self.server.url, self.bot_id, PASSWORD)
        self.addCleanup(again.stop)
        self.answer(ann, room, "echo: two")
        bodies = [newest_body(e) for e in ann.all_messages(room) if is_message(e, self.bot_id)]
        self.assertEqual(bodies, ["echo: one", "echo: two"])


class MatrixJsSdk(OnSynapse):
    def setUp(self):
        super().setUp()
        try:
            self.node = js_client.fetch(WORK / "js")
        except synapse.Unavailable as reason:
            self.skipTest(f"matrix-js-sdk: {reason}")

    def test_a_conversation(self):
        talk = js_client.Conversation([self.node, "converse.mjs"], WORK / "js", self.server.url, f"ann-{self.name}", PASSWORD, self.bot_id)
        self.addCleanup(talk.close)
        room = talk.make_room()
        self.start_bot(room)
        talk.wait_for_bot()
        talk.say("!cd help", "run")
        talk.say("!cd templates demo", "hello")
        # The SDK has put the last edit in the place of the card's first content.
        talk.say("!cd run demo hello", "· success", html="<strong>")
        talk.say("!cd run demo broken", "· failure")
        talk.say("!cd logs", "something broke")


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


class Encrypted(OnBoth):
    """The echo bot with encryption, and two foreign clients with cryptographic libraries of their own."""

    def start_echo(self, homeserver, unsigned):
        more = {"MATRIX_UNSIGNED_DEVICES": "1"} if unsigned else {}
        program = bots.start_echo_bot(BINARIES, self.folder, homeserver.url, self.bot_id, PASSWORD, "encrypted_echo", more)
        self.addCleanup(program.stop)
        program.wait_for_line("ready")
        return program

    def talk(self, homeserver, program, folder, *more):
        talk = js_client.Conversation(program, folder, homeserver.url, f"ann-{self.name}", PASSWORD, self.bot_id, *more)
        self.addCleanup(talk.close)
        talk.make_room()
        talk.wait_for_bot()
        return talk

    def js(self, homeserver):
        return self.talk(homeserver, [self.node(), "converse.mjs"], WORK / "js", "encrypted")

    def nio(self, homeserver, environment="python", packages=peers.PYTHON_PACKAGES):
        try:
            python = peers.fetch_python(WORK / environment, packages)
        except synapse.Unavailable as reason:
            self.skipTest(str(reason))
        return self.talk(homeserver, [python, peers.HERE / "nio_converse.py"], self.folder)

    def strict_conversation(self, homeserver):
        echo = self.start_echo(homeserver, unsigned=False)
        talk = self.js(homeserver)
        for word in ("one", "two", "three"):
            said = talk.say(word, f"echo: {word}")
            self.assertEqual((said["wire"], said["shield"], said["signed"]), ("m.room.encrypted", 0, True), said)
        echo.kill()
        # Said while the bot is down, and answered when it is back with the keys that it had.
        talk.begin("four", "echo: four")
        self.start_echo(homeserver, unsigned=False)
        talk.finish()
        talk.say("five", "echo: five")
        heard = [line for line in (self.folder / "echo.log").read_text().splitlines() if line.startswith("heard")]
        self.assertEqual([line.split('"')[1] for line in heard], ["one", "two", "three", "four", "five"])
        self.assertTrue(all("encrypted=1" in line and "cross_signed=1" in line and "late=0" in line for line in heard), heard)

    def example(self, homeserver):
        """examples/echo_bot.cpp, which has no word of encryption, in a room of a strict client."""
        program = bots.start_echo_bot(BINARIES, self.folder, homeserver.url, self.bot_id, PASSWORD, "echo_bot", {})
        self.addCleanup(program.stop)
        program.wait_for_line("ready")
        talk = self.js(homeserver)
        for word in ("one", "two"):
            said = talk.say(word, f"echo: {word}")
            self.assertEqual((said["wire"], said["shield"], said["signed"]), ("m.room.encrypted", 0, True), said)

    def test_example_as_it_is_on_synapse(self):
        self.example(self.server)

    def test_example_as_it_is_on_embedded(self):
        self.example(self.on_embedded())

    def compared(self, homeserver, between_devices):
        """Emoji are compared; both sides know each other then, and what is said afterwards is from somebody who was verified."""
        self.start_echo(homeserver, unsigned=False)
        talk = self.js(homeserver)
        talk.say("one", "echo: one")
        log = self.folder / "echo.log"
        device = re.search(r"ready (\S+)", log.read_text()).group(1) if between_devices else None
        seen = talk.verify(device)
        self.assertTrue(seen["verified"], seen)
        self.assertIn("codes " + " ".join(seen["emoji"]) + "\n", log.read_text())
        self.assertIn("identity=1", log.read_text())
        talk.say("two", "echo: two")
        heard = [line for line in log.read_text().splitlines() if line.startswith("heard")]
        self.assertEqual(["user_verified=1" in line for line in heard], [False, True])

    def test_emoji_in_a_room_on_synapse(self):
        self.compared(self.server, between_devices=False)

    def test_emoji_in_a_room_on_embedded(self):
        self.compared(self.on_embedded(), between_devices=False)

    def test_emoji_of_devices_on_synapse(self):
        self.compared(self.server, between_devices=True)

    def open_conversation(self, homeserver):
        echo = self.start_echo(homeserver, unsigned=True)
        talk = self.nio(homeserver)
        for word in ("one", "two", "three"):
            self.assertTrue(talk.say(word, f"echo: {word}")["decrypted"])
        echo.kill()
        talk.begin("four", "echo: four")
        self.start_echo(homeserver, unsigned=True)
        talk.finish()
        self.assertTrue(talk.say("five", "echo: five")["decrypted"])
        heard = [line.split('"')[1] for line in (self.folder / "echo.log").read_text().splitlines() if line.startswith("heard")]
        self.assertEqual(heard, ["one", "two", "three", "four", "five"])

    def compared_by_nio(self, homeserver):
        """A client that knows neither requests nor the new MAC compares emoji: both sides know the other's device then."""
        self.start_echo(homeserver, unsigned=True)
        talk = self.nio(homeserver, "python-libolm", peers.OLDER_NIO)
        talk.say("one", "echo: one")
        log = self.folder / "echo.log"
        seen = talk.verify(re.search(r"ready (\S+)", log.read_text()).group(1))
        self.assertEqual((seen["mac"], seen["verified"]), ("hkdf-hmac-sha256", True), seen)
        talk.say("two", "echo: two")
        said = log.read_text()
        # It writes "Thumbs up" where the specification has "Thumbs Up".
        self.assertIn(("codes " + " ".join(seen["emoji"]) + "\n").lower(), said.lower())
        self.assertIn("numbers " + " ".join(str(each) for each in seen["numbers"]) + "\n", said)
        # It has no identity that could be proved.
        self.assertIn(f"verified {self.ann_id} identity=0", said)

    def test_emoji_of_nio_on_synapse(self):
        self.compared_by_nio(self.server)

    def test_emoji_of_nio_on_embedded(self):
        self.compared_by_nio(self.on_embedded())

    def test_strict_js_on_synapse(self):
        self.strict_conversation(self.server)

    def test_strict_js_on_embedded(self):
        self.strict_conversation(self.on_embedded())

    def test_nio_on_synapse(self):
        self.open_conversation(self.server)

    def test_nio_on_embedded(self):
        self.open_conversation(self.on_embedded())


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


class Attachments(WithPeople):
    """Files of encrypted rooms: the SDK's people encrypt theirs by WebCrypto, and decrypt ours."""

    def mirrored(self, person, sent, name):
        got = person.do("hear_file", body=f"mirrored {name}")
        content = base64.b64decode(sent["content"])
        self.assertEqual(base64.b64decode(got["content"]), content[::-1])
        return got, content

    def both_ways(self, homeserver):
        _, ann = self.with_ann(homeserver)
        for size in (1, 65536, 300001):
            name = f"{size} bytes.txt"
            got, content = self.mirrored(ann, ann.do("send_file", file=name, size=size), name)
            self.assertEqual((got["wire"], got["msgtype"], got["info"]), ("m.room.encrypted", "m.file", {"mimetype": "text/plain", "size": size}))
            # The homeserver has learnt how long it is, and nothing else.
            sealed = base64.b64decode(got["sealed"])
            self.assertEqual((got.get("url"), got["type"], len(sealed)), (None, "application/octet-stream", size))
            self.assertNotIn("mirrored", got["disposition"] or "")
            self.assertTrue(size == 1 or sealed not in (content, content[::-1]))
        self.assertEqual(self.log().count("secret=1"), 3)

    def test_files_both_ways_on_synapse(self):
        self.both_ways(self.server)

    def test_files_both_ways_on_embedded(self):
        self.both_ways(self.on_embedded())

    def killed_while_it_answers(self, homeserver):
        echo, ann = self.with_ann(homeserver, MATRIX_STALL_UPLOADS="1")
        sent = ann.do("send_file", file="notes", size=300001)
        echo.wait_for_line("half of the answer has left")
        echo.kill()
        self.start_echo()
        self.mirrored(ann, sent, "notes")
        self.answered(ann, "after")
        bodies = [m.get("body") for m in ann.do("list")["messages"] if m["sender"] == self.bot_id]
        self.assertEqual(bodies, ["mirrored notes", "echo: after"])

    def test_killed_in_an_upload_on_synapse(self):
        self.killed_while_it_answers(self.server)

    def test_killed_in_an_upload_on_embedded(self):
        self.killed_while_it_answers(self.on_embedded())


class ComingAndGoing(WithPeople):
    """Members and devices that come and go in the middle of a conversation: each reads what is said while it belongs to it."""

    def a_guest(self, homeserver):
        _, ann = self.with_ann(homeserver)
        before = [ann.says("one"), ann.hears("echo: one", self.bot_id)["event"]]
        self.homeserver.register(f"eve-{self.name}", PASSWORD)
        eve, eve_id = self.person("eve"), f"@eve-{self.name}:localhost"
        ann.do("invite", user=eve_id)
        eve.do("join", room=self.room)
        ann.do("member", user=eve_id, **{"is": "join"})
        shared = self.answered(ann, "two")
        eve.hears("two")
        eve.hears("echo: two", self.bot_id)
        self.answered(eve, "three")
        ann.hears("three")
        for event in before:
            self.assertTrue(eve.misses(event))
        eve.do("leave")
        ann.do("member", user=eve_id, **{"is": "leave"})
        without = self.answered(ann, "four")
        self.assertNotEqual(without["session"], shared["session"])
        # Back again, she is shown that something was said meanwhile, and has not been given the key to it.
        ann.do("invite", user=eve_id)
        eve.do("join", room=self.room)
        ann.do("member", user=eve_id, **{"is": "join"})
        self.answered(ann, "five")
        eve.hears("echo: five", self.bot_id)
        self.assertTrue(eve.misses(without["event"]))

    def test_a_guest_on_synapse(self):
        self.a_guest(self.server)

    def test_a_guest_on_embedded(self):
        self.a_guest(self.on_embedded())

    def killed_while_a_guest_comes_and_goes(self, homeserver):
        echo, ann = self.with_ann(homeserver)
        self.answered(ann, "one")
        self.homeserver.register(f"eve-{self.name}", PASSWORD)
        eve, eve_id = self.person("eve"), f"@eve-{self.name}:localhost"
        ann.do("invite", user=eve_id)
        echo.kill()
        eve.do("join", room=self.room)
        ann.do("member", user=eve_id, **{"is": "join"})
        ann.says("two")
        echo = self.start_echo()
        shared = ann.hears("echo: two", self.bot_id)
        eve.hears("echo: two", self.bot_id)
        echo.kill()
        eve.do("leave")
        ann.do("member", user=eve_id, **{"is": "leave"})
        ann.says("three")
        self.start_echo()
        without = ann.hears("echo: three", self.bot_id)
        self.assertNotEqual(without["session"], shared["session"])
        ann.do("invite", user=eve_id)
        eve.do("join", room=self.room)
        self.assertTrue(eve.misses(without["event"]))

    def test_killed_while_people_come_on_synapse(self):
        self.killed_while_a_guest_comes_and_goes(self.server)

    def test_killed_while_people_come_on_embedded(self):
        self.killed_while_a_guest_comes_and_goes(self.on_embedded())

    def a_signed_device(self, homeserver):
        _, ann = self.with_ann(homeserver)
        before = self.answered(ann, "one")
        another = self.another_ann("signed", ann.recovery_key)
        self.answered(ann, "two")
        another.hears("echo: two", self.bot_id)
        self.assertTrue(another.misses(before["event"]))
        self.answered(another, "three")
        ann.hears("echo: three", self.bot_id)
        self.assertEqual(self.log().count("cross_signed=1 user_verified=0 late=0"), 3, self.log())

    def test_a_signed_device_on_synapse(self):
        self.a_signed_device(self.server)

    def test_a_signed_device_on_embedded(self):
        self.a_signed_device(self.on_embedded())

    def an_unsigned_device(self, homeserver):
        _, ann = self.with_ann(homeserver)
        self.answered(ann, "one")
        another = self.another_ann("unsigned")
        for text in ("two", "three"):
            self.assertEqual(another.misses(self.answered(ann, text)["event"]), "MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE")
        # Whoever answers it says so to those who may read it.
        another.says("four")
        self.assertEqual(another.misses(ann.hears("echo: four", self.bot_id)["event"]), "MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE")
        self.assertRegex(self.log(), r'heard "four" encrypted=1 device=\S+ cross_signed=0')
        self.answered(ann, "five")

    def test_an_unsigned_device_on_synapse(self):
        self.an_unsigned_device(self.server)

    def test_an_unsigned_device_on_embedded(self):
        self.an_unsigned_device(self.on_embedded())


class Away(WithPeople):
    """Who was away reads all of it, in its order."""

    def person_away(self, homeserver):
        _, ann = self.with_ann(homeserver)
        another = self.another_ann("signed", ann.recovery_key)
        self.answered(ann, "one")
        another.hears("echo: one", self.bot_id)
        another.do("go_offline")
        for text in ("two", "three"):
            self.answered(ann, text)
        another.do("go_online")
        another.hears("echo: three", self.bot_id)
        said = [m.get("body") for m in another.do("list")["messages"]]
        self.assertEqual(said, ["one", "echo: one", "two", "echo: two", "three", "echo: three"])

    def test_person_away_on_synapse(self):
        self.person_away(self.server)

    def test_person_away_on_embedded(self):
        self.person_away(self.on_embedded())

    def said_to_nobody(self, ann, another):
        """What both say in turn while the bot is down, and how it answers when it is back."""
        for person, text in ((ann, "two"), (another, "three"), (ann, "four"), (another, "five")):
            person.says(text)
        self.start_echo()
        expected = ["echo: two", "echo: three", "echo: four", "echo: five"]
        for text in expected:
            ann.hears(text, self.bot_id)
            another.hears(text, self.bot_id)
        answers = [m.get("body") for m in another.do("list")["messages"] if m["sender"] == self.bot_id and m.get("body") in expected]
        self.assertEqual(sorted(answers), sorted(expected))
        heard = [line for line in self.log().splitlines() if line.startswith("heard")]
        self.assertTrue(all("encrypted=1" in line and "cross_signed=1" in line and "late=0" in line for line in heard), heard)
        return answers

    def bot_away(self, homeserver):
        echo, ann = self.with_ann(homeserver)
        another = self.another_ann("signed", ann.recovery_key)
        self.answered(ann, "one")
        self.answered(another, "one more")
        self.assertEqual(echo.stop(), 0)
        self.assertEqual(self.said_to_nobody(ann, another), ["echo: two", "echo: three", "echo: four", "echo: five"])

    def test_bot_away_on_synapse(self):
        self.bot_away(self.server)

    def test_bot_away_on_embedded(self):
        self.bot_away(self.on_embedded())

    def bot_away_from_a_new_device(self, homeserver):
        echo, ann = self.with_ann(homeserver)
        self.answered(ann, "one")
        self.assertEqual(echo.stop(), 0)
        answers = self.said_to_nobody(ann, self.another_ann("signed", ann.recovery_key))
        # What it has said waits until it is known whose device that is, and holds nothing up that others say.
        self.assertEqual([a for a in answers if a in ("echo: two", "echo: four")], ["echo: two", "echo: four"])
        self.assertEqual([a for a in answers if a in ("echo: three", "echo: five")], ["echo: three", "echo: five"])

    def test_new_device_meanwhile_on_synapse(self):
        self.bot_away_from_a_new_device(self.server)

    def test_new_device_meanwhile_on_embedded(self):
        self.bot_away_from_a_new_device(self.on_embedded())


class QrCodes(WithPeople):
    """One side shows a QR code, and the other one scans it: the bytes of it, for nobody here has a camera."""

    def begin(self, homeserver, in_room):
        echo, ann = self.with_ann(homeserver, MATRIX_QR_CODES="1")
        self.answered(ann, "one")
        device = {} if in_room else {"device": re.findall(r"ready (\S+)", self.log())[-1]}
        ann.do("begin_by_code", user=self.bot_id, **device)
        echo.wait_for_line("shows ")
        return echo, ann

    def known(self, echo, ann):
        """Both know each other from now on."""
        echo.wait_for_line(f"verified {self.ann_id} identity=1")
        self.answered(ann, "two")
        heard = [line for line in self.log().splitlines() if line.startswith('heard "one"') or line.startswith('heard "two"')]
        self.assertEqual(["user_verified=1" in line for line in heard], [False, True], heard)

    def shown_by_the_bot(self, homeserver, in_room):
        echo, ann = self.begin(homeserver, in_room)
        code = re.search(r"shows (\S+)\n", self.log()).group(1)
        self.assertTrue(ann.do("scan_code", user=self.bot_id, code=code)["verified"])
        self.known(echo, ann)

    def scanned_by_the_bot(self, homeserver, in_room):
        echo, ann = self.begin(homeserver, in_room)
        ann.says("scan " + ann.do("show_code")["code"])
        self.assertTrue(ann.do("confirm_scan", user=self.bot_id)["verified"])
        self.known(echo, ann)

    def test_bots_code_in_a_room_on_synapse(self):
        self.shown_by_the_bot(self.server, in_room=True)

    def test_bots_code_of_devices_on_embedded(self):
        self.shown_by_the_bot(self.on_embedded(), in_room=False)

    def test_js_code_of_devices_on_synapse(self):
        self.scanned_by_the_bot(self.server, in_room=False)

    def test_js_code_in_a_room_on_embedded(self):
        self.scanned_by_the_bot(self.on_embedded(), in_room=True)

    def a_changed_code(self, homeserver):
        echo, ann = self.begin(homeserver, in_room=False)
        changed = bytearray(base64.b64decode(ann.do("show_code")["code"]))
        # Of the first key, ann's; the id before it is as long as the two bytes before that say.
        changed[10 + int.from_bytes(changed[8:10], "big")] ^= 1
        ann.says("scan " + base64.b64encode(changed).decode())
        echo.wait_for_line("not verified: ")
        self.assertNotIn("verified @", self.log())
        self.assertEqual(ann.do("ended")["code"], "m.key_mismatch")

    def test_a_changed_code_on_synapse(self):
        self.a_changed_code(self.server)

    def test_a_changed_code_on_embedded(self):
        self.a_changed_code(self.on_embedded())


class Interrupted(WithPeople):
    """A comparison of emoji that the bot does not live to see the end of."""

    def compared(self, ann, program):
        device = re.findall(r"ready (\S+)", self.log())[-1]
        shown = ann.do("compare", user=self.bot_id, device=device)["emoji"]
        program.wait_for_line("codes " + " ".join(shown) + "\n")

    def killed_while_people_compare(self, homeserver):
        echo, ann = self.with_ann(homeserver)
        self.answered(ann, "one")
        self.compared(ann, echo)
        echo.kill()
        again = self.start_echo()
        self.assertEqual(ann.do("confirm"), {"agreed": False, "code": "m.unknown_transaction", "by": self.bot_id})
        self.compared(ann, again)
        self.assertTrue(ann.do("confirm")["agreed"])
        again.wait_for_line("identity=1")
        self.answered(ann, "two")
        heard = [line for line in self.log().splitlines() if line.startswith("heard")]
        self.assertEqual(["user_verified=1" in line for line in heard], [False, True], heard)

    def test_killed_in_sas_on_synapse(self):
        self.killed_while_people_compare(self.server)

    def test_killed_in_sas_on_embedded(self):
        self.killed_while_people_compare(self.on_embedded())


class Identity(OnBoth):
    """One identity in one secret storage, by whichever of two engines it was made."""

    def recover(self, *key):
        return js_client.recover(self.node(), WORK / "js", self.homeserver.url, f"bot-{self.name}", PASSWORD, *key)

    def start(self, store, key):
        folder = self.folder / store
        program = bots.start_echo_bot(BINARIES, folder, self.homeserver.url, self.bot_id, PASSWORD, "encrypted_echo", {"MATRIX_RECOVERY_KEY": key})
        self.addCleanup(program.stop)
        program.wait_for_line("ready")
        self.assertIn("identity cross_signed=1 recoverable=1", (folder / "echo.log").read_text())

    def made_by_us(self, homeserver):
        self.homeserver = homeserver
        self.start("store", KNOWN_KEY)
        found = self.recover(KNOWN_KEY)
        self.assertTrue(found["keyFits"] and found["ready"] and found["signed"] and found["inStorage"], found)
        self.assertEqual(found["held"], {"masterKey": True, "selfSigningKey": True, "userSigningKey": True})

    def killed_on_the_way(self, homeserver):
        """As soon as the homeserver has each of its parts; an account for each, so that it is made for the first time."""
        self.homeserver = homeserver
        for number, is_there in enumerate((self.has_device_keys, self.has_secret_storage, self.has_identity)):
            name = f"bot-{number}-{self.name}"
            self.homeserver.register(name, PASSWORD)
            self.bot_id = f"@{name}:localhost"
            account = Client(self.homeserver.port, name, PASSWORD)
            program = bots.start_echo_bot(BINARIES, self.folder / str(number), self.homeserver.url, self.bot_id, PASSWORD, "encrypted_echo",
                                          {"MATRIX_RECOVERY_KEY": KNOWN_KEY})
            self.addCleanup(program.stop)
            deadline = time.monotonic() + 30
            while not is_there(account):
                self.assertLess(time.monotonic(), deadline, is_there.__name__)
            program.kill()
            self.start(str(number), KNOWN_KEY)
            found = js_client.recover(self.node(), WORK / "js", self.homeserver.url, name, PASSWORD, KNOWN_KEY)
            self.assertTrue(found["keyFits"] and found["ready"] and found["signed"] and found["inStorage"], found)

    def published(self, account):
        return account.call("POST", "/_matrix/client/v3/keys/query", {"device_keys": {self.bot_id: []}})

    def has_device_keys(self, account):
        return bool(self.published(account).get("device_keys", {}).get(self.bot_id))

    def has_identity(self, account):
        return self.bot_id in self.published(account).get("master_keys", {})

    def has_secret_storage(self, account):
        try:
            return bool(account.call("GET", f"/_matrix/client/v3/user/{self.bot_id}/account_data/m.secret_storage.default_key"))
        except RuntimeError:
            return False

    def test_killed_on_the_way_on_synapse(self):
        self.killed_on_the_way(self.server)

    def test_killed_on_the_way_on_embedded(self):
        self.killed_on_the_way(self.on_embedded())

    def made_by_js(self, homeserver):
        self.homeserver = homeserver
        made = self.recover()
        self.assertTrue(made["ready"] and made["inStorage"], made)
        self.start("store", made["recoveryKey"])
        self.start("another", made["recoveryKey"])

    def test_ours_by_js_on_synapse(self):
        self.made_by_us(self.server)

    def test_ours_by_js_on_embedded(self):
        self.made_by_us(self.on_embedded())

    def test_that_of_js_by_us_on_synapse(self):
        self.made_by_js(self.server)

    def test_that_of_js_by_us_on_embedded(self):
        self.made_by_js(self.on_embedded())


class Backup(OnBoth):
    """Room keys in one backup, by whichever of two engines they were put there."""

    def talk(self):
        talk = js_client.Conversation([self.node(), "converse.mjs"], WORK / "js", self.homeserver.url, f"ann-{self.name}", PASSWORD, self.bot_id,
                                      "encrypted")
        self.addCleanup(talk.close)
        room = talk.make_room()
        talk.wait_for_bot()
        return talk, room

    def start(self, store, key, **more):
        program = bots.start_echo_bot(BINARIES, self.folder / store, self.homeserver.url, self.bot_id, PASSWORD, "encrypted_echo",
                                      {"MATRIX_RECOVERY_KEY": key, **more})
        self.addCleanup(program.stop)
        program.wait_for_line("ready")
        # By its private key.
        self.assertRegex(program.log_path.read_text(), r"backup version=\S+ vouched_by=2\n")
        return program

    def kept_by_us(self, homeserver):
        self.homeserver = homeserver
        self.start("store", KNOWN_KEY)
        talk, room = self.talk()
        talk.say("one", "echo: one")
        self.read_by_js(room)

    def killed_before_they_are_there(self, homeserver):
        self.homeserver = homeserver
        bot = self.start("store", KNOWN_KEY)
        talk, room = self.talk()
        talk.say("one", "echo: one")
        # Keys are put there a few seconds after they came.
        bot.kill()
        self.start("store", KNOWN_KEY)
        self.read_by_js(room)

    def read_by_js(self, room):
        bots_account = Client(self.homeserver.port, f"bot-{self.name}", PASSWORD)
        deadline = time.monotonic() + 60
        while bots_account.call("GET", "/_matrix/client/v3/room_keys/version")["count"] < 2:
            self.assertLess(time.monotonic(), deadline, "the keys do not come into the backup")
            time.sleep(0.1)
        found = js_client.restore(self.node(), WORK / "js", self.homeserver.url, f"bot-{self.name}", PASSWORD, KNOWN_KEY, room)
        self.assertEqual(found["trust"], {"trusted": True, "matchesDecryptionKey": True}, found)
        self.assertEqual((found["restored"]["imported"], found["restored"]["total"]), (2, 2), found)
        self.assertEqual(found["texts"], ["one", "echo: one"])

    def kept_by_js(self, homeserver):
        self.homeserver = homeserver
        backing = js_client.Backing(self.node(), WORK / "js", homeserver.url, f"bot-{self.name}", PASSWORD)
        self.addCleanup(backing.close)
        backing.answer()
        talk, _ = self.talk()
        talk.say("one", "echo: one")
        made = backing.answer()
        bot = self.start("store", made["recoveryKey"], MATRIX_DELIVER_OLD="1")
        bot.wait_for_line('heard "one" encrypted=1 device= cross_signed=0 user_verified=0 late=1 source=2')
        talk.say("two", "echo: two")
        self.assertRegex(bot.log_path.read_text(), r'heard "two" encrypted=1 device=\S+ cross_signed=1 user_verified=0 late=0 source=0')

    def test_ours_read_by_js_on_synapse(self):
        self.kept_by_us(self.server)

    def test_ours_read_by_js_on_embedded(self):
        self.kept_by_us(self.on_embedded())

    def test_killed_before_backup_on_synapse(self):
        self.killed_before_they_are_there(self.server)

    def test_killed_before_backup_on_embedded(self):
        self.killed_before_they_are_there(self.on_embedded())

    def test_read_by_us_from_js_on_synapse(self):
        self.kept_by_js(self.server)

    def test_read_by_us_from_js_on_embedded(self):
        self.kept_by_js(self.on_embedded())


class FromNothing(OnBoth):
    """What a newcomer does: init, run, and a command in the encrypted room, from a client that trusts no device without its owner."""

    def begin(self, homeserver):
        token = self.folder / "token"
        token.write_text("stand-in-token", encoding="utf-8")
        semaphore = bots.Program([BINARIES / "chatrixcd", "semaphore-double", "--listen", "127.0.0.1:0", "--token-file", token],
                                 self.folder / "semaphore.log")
        self.addCleanup(semaphore.stop)
        semaphore.wait_for_line("http://")
        address = re.search(r"http://[0-9.:]+", semaphore.log_path.read_text()).group()
        # An account's server name is looked up first; it is none that answers here.
        answers = [self.bot_id, PASSWORD, homeserver.url, self.ann_id, address, "stand-in-token", ""]
        said = bots.init(BINARIES, self.folder / "bot.hjson", answers)
        self.assertIn("recovery key, shown this once", said)
        program = bots.Program([BINARIES / "chatrixcd", "run", "-c", self.folder / "bot.hjson", "--set",
                                f"matrix.store_path={self.folder / 'store'}"], self.folder / "bot.log")
        self.addCleanup(program.stop)
        program.wait_for_line("belongs to the account's identity")
        talk = js_client.Conversation([self.node(), "converse.mjs"], WORK / "js", homeserver.url, f"ann-{self.name}", PASSWORD, self.bot_id,
                                      "encrypted")
        self.addCleanup(talk.close)
        room = talk.accept()
        self.assertEqual((room["name"], room["inviter"], room["encrypted"]), ("ChatrixCD", self.bot_id, True))
        for words, expected in (("!cd projects", "web"), ("!cd run web deploy env=staging version=1.4.2", "· success"),
                                ("!cd logs", "release 1.4.2 for staging")):
            shown = talk.say(words, expected)
            self.assertEqual((shown["wire"], shown["shield"], shown["signed"]), ("m.room.encrypted", 0, True), shown)

    def test_a_deployment_on_synapse(self):
        self.begin(self.server)

    def test_a_deployment_on_embedded(self):
        self.begin(self.on_embedded())


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


class ForeignClients(OnEmbedded):
    def test_matrix_nio_makes_its_usual_calls(self):
        try:
            python = peers.fetch_python(WORK / "python")
        except synapse.Unavailable as reason:
            self.skipTest(str(reason))
        self.judge("matrix-nio", peers.run_calls([python, peers.HERE / "nio_calls.py", self.embedded.url, "nio"], WORK))

    def test_matrix_js_sdk_makes_its_usual_calls(self):
        try:
            node = js_client.fetch(WORK / "js")
        except synapse.Unavailable as reason:
            self.skipTest(f"matrix-js-sdk: {reason}")
        self.judge("matrix-js-sdk", peers.run_calls([node, "calls.mjs", self.embedded.url, "js"], WORK / "js"))


class SpecifiedShapes(unittest.TestCase):
    """Every answer of a fresh embedded homeserver to the recorded requests has the shape that the specification's OpenAPI says."""

    def test_every_answer_has_its_shape(self):
        try:
            python = peers.fetch_python(WORK / "python")
            specification = shapes.fetch_specification(WORK / "matrix-spec")
        except synapse.Unavailable as reason:
            self.skipTest(f"the specification's OpenAPI: {reason}")
        embedded = peers.EmbeddedHomeserver(BINARIES)
        self.addCleanup(embedded.stop)
        validation = shapes.Shapes(python, specification, embedded.port)
        answers = validation.answers()
        self.assertEqual(validation.blind(answers), [], "spoiled answers pass")
        report, wrong = validation.judge(answers)
        print("\n" + "\n".join(report), flush=True)
        self.assertFalse(wrong, f"{len(wrong)} findings:\n" + "\n".join(wrong))


class SameAnswers(OnSynapse, OnEmbedded):
    """Synapse and the embedded homeserver answer the recorded requests alike."""
    comparison = None

    def setUp(self):
        if self.why_not:
            self.skipTest(self.why_not)
        OnEmbedded.setUp(self)
        if SameAnswers.comparison is None:
            SameAnswers.comparison = differential.Comparison(self.embedded.port, self.server.port)


def add_case(group):
    def case(self):
        problems = self.comparison.run(group)
        self.assertFalse(problems, f"{len(problems)} answers differ:\n" + "\n".join(problems))
    setattr(SameAnswers, "test_" + group, case)


for name in differential.compared_groups():
    add_case(name)


def compared():
    """What the differential run came to; whether every known difference still is one."""
    made = SameAnswers.comparison
    if made is None:
        return True
    print(f"same answers: {made.equal} equal, {made.explained} with known differences, of {made.total()} recorded requests")
    stale = made.stale() if made.complete() else []
    for entry in stale:
        print("no difference any more:", entry)
    return not stale


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    loader = unittest.defaultTestLoader
    cases = (ForeignClients, SpecifiedShapes, PlainClient, EchoBot, MatrixJsSdk, Encrypted, Attachments, ComingAndGoing, Away, QrCodes,
             Interrupted, Identity, Backup, FromNothing, SameAnswers)
    wanted = sys.argv[3:]
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases if not wanted or case.__name__ in wanted)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    fresh = compared()
    for embedded in filter(None, (OnEmbedded.embedded, Encrypted.embedded)):
        embedded.stop()
    if OnSynapse.server:
        OnSynapse.server.stop()
    failed = len(result.failures) + len(result.errors)
    for reason in sorted({why for _, why in result.skipped}):
        print("skipped:", reason)
    print(f"{max(0, result.testsRun - failed - len(result.skipped))} passed, {failed} failed, {len(result.skipped)} skipped")
    # A run in which every peer was missing has shown nothing.
    return 0 if failed == 0 and fresh and result.testsRun > len(result.skipped) else 1


if __name__ == "__main__":
    sys.exit(main())
