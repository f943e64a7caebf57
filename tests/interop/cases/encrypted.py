# SPDX-License-Identifier: Apache-2.0
"""The echo bot in encrypted rooms, with two foreign clients."""
import re

import bots
import js_client
import peers
import synapse
from places import BINARIES, OnBoth, PASSWORD, WORK


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
        self.assertIn("codes " + " ".join(seen["emoji"]) + "\n", said)
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
