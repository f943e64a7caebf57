# SPDX-License-Identifier: Apache-2.0
"""Rooms without encryption: the bot and the echo bot with a plain client and with matrix-js-sdk."""
import bots
import js_client
import synapse
from plain_client import Client, is_message, newest_body
from places import BINARIES, OnSynapse, PASSWORD, WORK


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
