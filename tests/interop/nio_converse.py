# SPDX-License-Identifier: Apache-2.0
"""matrix-nio as a person in an encrypted room, as a program of its own in nio's environment: usage: nio_converse.py URL USER PASSWORD BOT

Steps and answers as of js/converse.mjs. It has no cross-signing, and sends to every device. It verifies between devices, and begins without
having asked."""
import asyncio
import json
import logging
import sys
import tempfile
import time

import nio

URL, USER, PASSWORD, BOT = sys.argv[1:5]
LIMIT = 60
# What the specification calls the emoji to which matrix-nio gives other names.
SPECIFIED = {"Airplane": "Aeroplane", "Thumbs up": "Thumbs Up", "Wrench": "Spanner"}
logging.disable(logging.CRITICAL)


class Person:
    def __init__(self, folder):
        self.client = nio.AsyncClient(URL, f"@{USER}:localhost", store_path=folder, config=nio.AsyncClientConfig(encryption_enabled=True))
        self.heard = []
        self.room = None
        self.client.add_event_callback(lambda room, event: self.heard.append(event), nio.RoomMessageText)

    async def until(self, done, what):
        deadline = time.monotonic() + LIMIT
        while not done():
            if time.monotonic() > deadline:
                raise AssertionError(f"no {what} within {LIMIT} s")
            answer = await self.client.sync(timeout=500)
            if isinstance(answer, nio.ErrorResponse):
                raise AssertionError(f"the sync failed: {answer.message}")
            # What sync_forever() does between two syncs.
            if self.client.should_upload_keys:
                await self.client.keys_upload()
            if self.client.should_query_keys:
                await self.client.keys_query()
            if self.client.should_claim_keys:
                await self.client.keys_claim(self.client.get_users_for_key_claiming())
            await self.client.send_to_device_messages()

    async def make_room(self):
        encryption = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        made = await self.client.room_create(invite=[BOT], initial_state=[encryption])
        self.room = made.room_id
        print(json.dumps({"room": self.room}), flush=True)

        def is_there():
            room = self.client.rooms.get(self.room)
            return room is not None and BOT in room.users and BOT not in room.invited_users
        await self.until(is_there, "bot in the room")
        print(json.dumps({"joined": True}), flush=True)

    async def say(self, text, expected):
        await self.client.room_send(self.room, "m.room.message", {"msgtype": "m.text", "body": text}, ignore_unverified_devices=True)
        await self.until(lambda: any(expected in e.body and e.sender == BOT for e in self.heard), f"answer with `{expected}`")
        event = next(e for e in self.heard if expected in e.body and e.sender == BOT)
        print(json.dumps({"say": text, "body": event.body, "decrypted": event.decrypted}), flush=True)

    async def verify(self, device):
        await self.until(lambda: device in self.client.device_store[BOT], "device to verify")
        known = self.client.device_store[BOT][device]
        await self.client.start_key_verification(known)
        talk = self.client.get_active_sas(BOT, device)
        await self.until(lambda: talk.other_key_set or talk.canceled, "key of the bot")
        if talk.canceled:
            raise AssertionError(f"cancelled: {talk.cancel_reason}")
        emoji = [SPECIFIED.get(name, name) for _, name in talk.get_emoji()]
        await self.client.confirm_short_auth_string(talk.transaction_id)
        await self.until(lambda: known.verified or talk.canceled, "verified device")
        print(json.dumps({"emoji": emoji, "numbers": talk.get_decimals(), "mac": talk.chosen_mac_method, "verified": known.verified}), flush=True)


async def main(folder):
    person = Person(folder)
    await person.client.login(PASSWORD)
    await person.until(lambda: True, "first sync")
    try:
        for line in iter(sys.stdin.readline, ""):
            step = json.loads(line)
            if step.get("invite"):
                await person.make_room()
            elif step.get("verify"):
                await person.verify(step["device"])
            else:
                await person.say(step["say"], step["expect"])
    except Exception as e:  # noqa: BLE001 - whatever nio trips over is a finding
        print(json.dumps({"failed": f"{type(e).__name__}: {e}"}), flush=True)
    await person.client.close()


with tempfile.TemporaryDirectory() as store:
    asyncio.run(main(store))
