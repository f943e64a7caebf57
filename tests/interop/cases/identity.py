# SPDX-License-Identifier: Apache-2.0
"""Identities and backups that two engines share, and the whole bot from `init` on."""
import re
import time

import bots
import js_client
from plain_client import Client
from places import BINARIES, OnBoth, PASSWORD, WORK

KNOWN_KEY = "EsTj 3yST y93F SLpB jJsz eAXc 2XzA ygD3 w69H fGaN TKBj jXEd"


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
