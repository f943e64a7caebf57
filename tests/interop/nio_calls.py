# SPDX-License-Identifier: Apache-2.0
"""matrix-nio's usual calls against a homeserver, as a program of its own in nio's environment: usage: nio_calls.py URL NAME

Prints a JSON line a step: {"step": …, "ok": true}, or with "why"; {"missing": true} where the homeserver says M_UNRECOGNIZED."""
import asyncio
import io
import json
import logging
import sys

import nio

PASSWORD = "interop-password"
logging.disable(logging.CRITICAL)


def say(step, **more):
    print(json.dumps({"step": step, **more}), flush=True)


class Failed(Exception):
    pass


def expect(answer, kind=None):
    """The answer, unless it is one of nio's errors."""
    if isinstance(answer, nio.ErrorResponse):
        raise Failed(f"{answer.status_code}: {answer.message}")
    if kind and not isinstance(answer, kind):
        raise Failed(f"{type(answer).__name__} instead of {kind.__name__}")
    return answer


def check(truth, words):
    if not truth:
        raise Failed(words)


class Calls:
    def __init__(self, url, name):
        self.url = url
        self.ann = nio.AsyncClient(url, f"ann-{name}")
        self.bob = nio.AsyncClient(url, f"bob-{name}")
        self.failed = 0

    async def step(self, name, call):
        try:
            await call
            say(name, ok=True)
        except Failed as e:
            missing = "M_UNRECOGNIZED" in str(e)
            self.failed += 0 if missing else 1
            say(name, ok=False, missing=missing, why=str(e))
        except Exception as e:  # noqa: BLE001 - whatever nio trips over is a finding
            self.failed += 1
            say(name, ok=False, why=f"{type(e).__name__}: {e}")

    async def accounts(self):
        for client in (self.ann, self.bob):
            expect(await client.register(client.user, PASSWORD, device_name="first"), nio.RegisterResponse)
        expect(await self.ann.whoami(), nio.WhoamiResponse)
        second = nio.AsyncClient(self.url, self.ann.user_id)
        expect(await second.login(PASSWORD, device_name="second"), nio.LoginResponse)
        devices = expect(await self.ann.devices(), nio.DevicesResponse).devices
        check({d.id for d in devices} == {self.ann.device_id, second.device_id}, f"devices are {devices}")
        expect(await self.ann.update_device(second.device_id, {"display_name": "renamed"}), nio.UpdateDeviceResponse)
        expect(await second.logout(), nio.LogoutResponse)
        await second.close()

    async def rooms(self):
        made = expect(await self.ann.room_create(name="Lab", topic="all", invite=[self.bob.user_id]), nio.RoomCreateResponse)
        self.room = made.room_id
        first = expect(await self.bob.sync(timeout=0, full_state=True), nio.SyncResponse)
        check(self.room in first.rooms.invite, "no invitation in the sync")
        expect(await self.bob.join(self.room), nio.JoinResponse)
        expect(await self.ann.sync(timeout=0, full_state=True), nio.SyncResponse)
        known = self.ann.rooms[self.room]
        check(known.name == "Lab" and known.topic == "all", f"the room is called {known.name!r}")
        check(set(known.users) == {self.ann.user_id, self.bob.user_id}, f"members are {list(known.users)}")
        check(known.power_levels.get_user_level(self.ann.user_id) >= 100, "the creator has no power")

    async def messages(self):
        sent = expect(await self.ann.room_send(self.room, "m.room.message", {"msgtype": "m.text", "body": "hello"}), nio.RoomSendResponse)
        self.event = sent.event_id
        edit = {"msgtype": "m.text", "body": "* better", "m.new_content": {"msgtype": "m.text", "body": "better"},
                "m.relates_to": {"rel_type": "m.replace", "event_id": self.event}}
        expect(await self.ann.room_send(self.room, "m.room.message", edit), nio.RoomSendResponse)
        reaction = {"m.relates_to": {"rel_type": "m.annotation", "event_id": self.event, "key": "+1"}}
        reacted = expect(await self.bob.room_send(self.room, "m.reaction", reaction), nio.RoomSendResponse)
        expect(await self.bob.room_redact(self.room, reacted.event_id, reason="no"), nio.RoomRedactResponse)
        heard = expect(await self.bob.sync(timeout=0), nio.SyncResponse)
        bodies = [e.body for e in heard.rooms.join[self.room].timeline.events if isinstance(e, nio.RoomMessageText)]
        check("hello" in bodies and "* better" in bodies, f"bob heard {bodies}")
        one = expect(await self.bob.room_get_event(self.room, self.event), nio.RoomGetEventResponse)
        check(one.event.body == "better" or one.event.body == "hello", f"the event says {one.event.body!r}")

    async def history(self):
        page = expect(await self.bob.room_messages(self.room, start="", limit=50), nio.RoomMessagesResponse)
        check(any(getattr(e, "body", "") == "hello" for e in page.chunk), "the page lacks the message")
        around = expect(await self.bob.room_context(self.room, self.event, limit=4), nio.RoomContextResponse)
        check(around.event.event_id == self.event, "the context is of another event")

    async def relations(self):
        found = [e async for e in self.bob.room_get_event_relations(self.room, self.event)]
        check(len(found) == 1, f"{len(found)} events relate to the message")

    async def small(self):
        expect(await self.bob.room_typing(self.room, True, timeout=20000), nio.RoomTypingResponse)
        heard = expect(await self.ann.sync(timeout=0), nio.SyncResponse)
        typing = [e for e in heard.rooms.join[self.room].ephemeral if isinstance(e, nio.TypingNoticeEvent)]
        check(typing and typing[-1].users == [self.bob.user_id], "ann does not see bob typing")
        expect(await self.bob.room_typing(self.room, False), nio.RoomTypingResponse)
        expect(await self.bob.room_read_markers(self.room, self.event, self.event), nio.RoomReadMarkersResponse)
        heard = expect(await self.ann.sync(timeout=0), nio.SyncResponse)
        receipts = [e for e in heard.rooms.join[self.room].ephemeral if isinstance(e, nio.ReceiptEvent)]
        check(any(r.user_id == self.bob.user_id and r.event_id == self.event for e in receipts for r in e.receipts), "no receipt of bob's")

    async def profile(self):
        expect(await self.ann.set_displayname("Ann"), nio.ProfileSetDisplayNameResponse)
        check(expect(await self.bob.get_displayname(self.ann.user_id)).displayname == "Ann", "the name was not kept")
        expect(await self.ann.get_profile(), nio.ProfileGetResponse)
        expect(await self.ann.set_avatar("mxc://localhost/abc"), nio.ProfileSetAvatarResponse)
        expect(await self.ann.get_avatar(), nio.ProfileGetAvatarResponse)

    async def state(self):
        expect(await self.ann.room_put_state(self.room, "org.example", {"a": 1}, "k"), nio.RoomPutStateResponse)
        check(expect(await self.bob.room_get_state_event(self.room, "org.example", "k")).content == {"a": 1}, "the state was not kept")
        whole = expect(await self.ann.room_get_state(self.room), nio.RoomGetStateResponse)
        check(any(e["type"] == "m.room.create" for e in whole.events), "there is no m.room.create")
        expect(await self.ann.joined_members(self.room), nio.JoinedMembersResponse)
        expect(await self.ann.joined_rooms(), nio.JoinedRoomsResponse)

    async def moderation(self):
        expect(await self.ann.room_kick(self.room, self.bob.user_id, "out"), nio.RoomKickResponse)
        expect(await self.ann.room_invite(self.room, self.bob.user_id), nio.RoomInviteResponse)
        expect(await self.bob.join(self.room), nio.JoinResponse)
        expect(await self.ann.room_ban(self.room, self.bob.user_id), nio.RoomBanResponse)
        refused = await self.bob.join(self.room)
        check(isinstance(refused, nio.JoinError), "a banned user joins")
        expect(await self.ann.room_unban(self.room, self.bob.user_id), nio.RoomUnbanResponse)
        expect(await self.bob.room_forget(self.room), nio.RoomForgetResponse)

    async def filters(self):
        kept = expect(await self.ann.upload_filter(room={"timeline": {"limit": 1}}), nio.UploadFilterResponse)
        expect(await self.ann.sync(timeout=0, sync_filter=kept.filter_id, full_state=True), nio.SyncResponse)

    async def presence(self):
        expect(await self.ann.set_presence("online", "here"), nio.PresenceSetResponse)
        expect(await self.ann.get_presence(self.ann.user_id), nio.PresenceGetResponse)

    async def aliases(self):
        alias = f"#alias-{self.ann.user.removeprefix('@').split(':')[0]}:localhost"
        expect(await self.ann.room_put_alias(alias, self.room), nio.RoomPutAliasResponse)
        check(expect(await self.bob.room_resolve_alias(alias)).room_id == self.room, "the alias leads elsewhere")
        expect(await self.ann.room_delete_alias(alias), nio.RoomDeleteAliasResponse)

    async def media(self):
        content = bytes(range(256)) * 40
        sent, _ = await self.ann.upload(io.BytesIO(content), "application/octet-stream", "bytes.bin", filesize=len(content))
        uri = expect(sent, nio.UploadResponse).content_uri
        got = expect(await self.bob.download(uri), nio.MemoryDownloadResponse)
        check(got.body == content, "other bytes came back")

    async def leaving(self):
        expect(await self.ann.room_leave(self.room), nio.RoomLeaveResponse)
        expect(await self.ann.sync(timeout=0), nio.SyncResponse)
        expect(await self.ann.logout(), nio.LogoutResponse)


STEPS = ("accounts", "rooms", "messages", "history", "relations", "small", "profile", "state", "filters", "presence", "aliases", "media",
         "moderation", "leaving")


async def main():
    calls = Calls(sys.argv[1], sys.argv[2])
    for name in STEPS:
        await calls.step(name, getattr(calls, name)())
    await calls.ann.close()
    await calls.bob.close()
    return 1 if calls.failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
