# SPDX-License-Identifier: Apache-2.0
"""People in encrypted rooms, whose devices come, go, compare, and are killed."""
import base64
import re

from places import PASSWORD, WithPeople


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
