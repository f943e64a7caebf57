# SPDX-License-Identifier: Apache-2.0
"""The echo bot on matrix-nio, in memory and without encryption; with MATRIX_ENCRYPTED it has a store (MATRIX_STORE) and encrypts for every
device. Environment: MATRIX_HOMESERVER, MATRIX_USER, MATRIX_PASSWORD."""
import asyncio
import logging
import os

import nio

logging.disable(logging.CRITICAL)


async def main():
    encrypted = "MATRIX_ENCRYPTED" in os.environ
    store = os.environ["MATRIX_STORE"] if encrypted else ""
    if encrypted:
        os.makedirs(store)
    client = nio.AsyncClient(os.environ["MATRIX_HOMESERVER"], os.environ["MATRIX_USER"], store_path=store,
                             config=nio.AsyncClientConfig(encryption_enabled=encrypted))
    if not isinstance(await client.login(os.environ["MATRIX_PASSWORD"]), nio.LoginResponse):
        raise SystemExit("matrix-nio could not log in")

    async def join(room, event):
        if event.state_key == client.user_id:
            await client.join(room.room_id)

    async def echo(room, event):
        if event.sender == client.user_id:
            return
        content = {"msgtype": "m.text", "body": "echo: " + event.body, "m.relates_to": {"m.in_reply_to": {"event_id": event.event_id}}}
        await client.room_send(room.room_id, "m.room.message", content, ignore_unverified_devices=True)

    await client.sync(timeout=0)
    client.add_event_callback(join, nio.InviteMemberEvent)
    client.add_event_callback(echo, nio.RoomMessageText)
    print("ready", flush=True)
    await client.sync_forever(timeout=30000)


asyncio.run(main())
