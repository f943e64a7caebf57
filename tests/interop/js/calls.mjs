// SPDX-License-Identifier: Apache-2.0
// matrix-js-sdk's usual calls against a homeserver. Prints a JSON line a step: {"step": …, "ok": true}, or with "why"; "missing" where the
// homeserver says M_UNRECOGNIZED. usage: calls.mjs HOMESERVER NAME
import * as sdk from 'matrix-js-sdk';
import { logger } from 'matrix-js-sdk/lib/logger.js';

logger.setLevel?.('silent');
for (const level of ['debug', 'info', 'warn', 'error']) console[level] = () => {};

const [homeserver, name] = process.argv.slice(2);
const password = 'interop-password';
let failed = 0;

const check = (truth, words) => {
  if (!truth) throw new Error(words);
};
const until = async (truth, what, seconds = 20) => {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = truth();
    if (value) return value;
    if (Date.now() > end) throw new Error(`no ${what} within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const step = async (what, work) => {
  let timer;
  try {
    const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('no end within 60 s')), 60000); });
    await Promise.race([work(), late]);
    console.log(JSON.stringify({ step: what, ok: true }));
  } catch (e) {
    const missing = e.errcode === 'M_UNRECOGNIZED';
    if (!missing) failed += 1;
    console.log(JSON.stringify({ step: what, ok: false, missing, why: String(e.message ?? e) }));
  } finally {
    clearTimeout(timer);
  }
};
const enter = async (user) => {
  const anonymous = sdk.createClient({ baseUrl: homeserver, logger });
  const made = await anonymous.registerRequest({ username: user, password, auth: { type: 'm.login.dummy' } });
  const client = sdk.createClient({
    baseUrl: homeserver, userId: made.user_id, accessToken: made.access_token, deviceId: made.device_id, logger,
  });
  await client.startClient({ initialSyncLimit: 20, lazyLoadMembers: true });
  await until(() => client.isInitialSyncComplete(), `sync of ${user}`);
  return client;
};

let ann;
let bob;
let room;
let event;
await step('register, login, sync', async () => {
  ann = await enter(`ann-${name}`);
  bob = await enter(`bob-${name}`);
  check((await ann.whoami()).user_id === ann.getUserId(), 'whoami names another');
  check((await ann.getVersions()).versions.length > 0, 'no versions');
  await ann.getCapabilities();
});
await step('rooms', async () => {
  room = (await ann.createRoom({ name: 'Lab', topic: 'all', invite: [bob.getUserId()], preset: 'private_chat' })).room_id;
  await until(() => bob.getRoom(room)?.getMyMembership() === 'invite', 'invitation');
  await bob.joinRoom(room);
  await until(() => ann.getRoom(room)?.getMember(bob.getUserId())?.membership === 'join', 'member');
  check(ann.getRoom(room).name === 'Lab', `the room is called ${ann.getRoom(room).name}`);
  check((await ann.getJoinedRooms()).joined_rooms.includes(room), 'not among the joined rooms');
  check(Object.keys((await ann.getJoinedRoomMembers(room)).joined).length === 2, 'not two members');
});
await step('messages, edits, reactions, redactions', async () => {
  event = (await ann.sendTextMessage(room, 'hello')).event_id;
  const heard = () => bob.getRoom(room).findEventById(event);
  await until(heard, 'message');
  await ann.sendMessage(room, {
    msgtype: 'm.text', body: '* better', 'm.new_content': { msgtype: 'm.text', body: 'better' },
    'm.relates_to': { rel_type: 'm.replace', event_id: event },
  });
  await until(() => heard().getContent().body === 'better', 'edit');
  const reaction = await bob.sendEvent(room, 'm.reaction', {
    'm.relates_to': { rel_type: 'm.annotation', event_id: event, key: '+1' },
  });
  await until(() => ann.getRoom(room).findEventById(reaction.event_id), 'reaction');
  await bob.redactEvent(room, reaction.event_id);
  await until(() => ann.getRoom(room).findEventById(reaction.event_id)?.isRedacted(), 'redaction');
});
await step('threads and relations', async () => {
  await bob.sendMessage(room, event, { msgtype: 'm.text', body: 'in the thread' });
  const related = await ann.relations(room, event, 'm.thread', 'm.room.message');
  check(related.events.length === 1, `${related.events.length} events in the thread`);
});
await step('history', async () => {
  const page = await bob.createMessagesRequest(room, null, 30, 'b');
  check(page.chunk.some((e) => e.event_id === event), 'the page lacks the message');
  const fetched = await bob.fetchRoomEvent(room, event);
  check(fetched.event_id === event, 'another event');
  check((await bob.roomState(room)).some((e) => e.type === 'm.room.create'), 'no m.room.create');
});
await step('typing and receipts', async () => {
  await bob.sendTyping(room, true, 20000);
  await until(() => ann.getRoom(room).getMember(bob.getUserId()).typing, 'typing');
  await bob.sendTyping(room, false);
  await bob.sendReadReceipt(bob.getRoom(room).findEventById(event));
  await until(() => ann.getRoom(room).getEventReadUpTo(bob.getUserId(), true), 'receipt');
  await bob.setRoomReadMarkers(room, event);
});
await step('profile', async () => {
  await ann.setDisplayName('Ann');
  check((await bob.getProfileInfo(ann.getUserId())).displayname === 'Ann', 'the name was not kept');
  await until(() => bob.getRoom(room).getMember(ann.getUserId())?.name === 'Ann', 'name in the room');
});
await step('state and power', async () => {
  await ann.sendStateEvent(room, 'm.room.topic', { topic: 'other' }, '');
  await until(() => bob.getRoom(room).currentState.getStateEvents('m.room.topic', '').getContent().topic === 'other', 'topic');
  await ann.setPowerLevel(room, bob.getUserId(), 50);
  await until(() => ann.getRoom(room).getMember(bob.getUserId()).powerLevel === 50, 'power');
});
await step('account data and filters', async () => {
  await ann.setAccountData('org.example', { a: 1 });
  await until(() => ann.getAccountData('org.example')?.getContent().a === 1, 'account data');
  await ann.setRoomTag(room, 'm.favourite', { order: 0.5 });
  await until(() => ann.getRoom(room).tags['m.favourite'], 'tag');
});
await step('devices', async () => {
  check((await ann.getDevices()).devices.length === 1, 'not one device');
  await ann.setDeviceDetails(ann.getDeviceId(), { display_name: 'js' });
});
await step('search', async () => {
  const found = await ann.searchRoomEvents({ term: 'hello' });
  check(found.count >= 1, 'nothing was found');
});
await step('media', async () => {
  const content = new Uint8Array(10000).map((_, i) => i % 251);
  const { content_uri: uri } = await ann.uploadContent(new Blob([content]), { name: 'bytes.bin', type: 'application/octet-stream' });
  const url = bob.mxcUrlToHttp(uri, undefined, undefined, undefined, false, true, true);
  const got = await fetch(url, { headers: { Authorization: `Bearer ${bob.getAccessToken()}` } });
  const bytes = new Uint8Array(await got.arrayBuffer());
  check(bytes.length === content.length && bytes.every((b, i) => b === content[i]), `other bytes came back (${got.status})`);
});
await step('moderation', async () => {
  await ann.kick(room, bob.getUserId(), 'out');
  await until(() => bob.getRoom(room).getMyMembership() === 'leave', 'kick');
  await ann.invite(room, bob.getUserId());
  await bob.joinRoom(room);
  await ann.ban(room, bob.getUserId());
  await until(() => bob.getRoom(room).getMyMembership() === 'ban', 'ban');
  let refused = '';
  await bob.joinRoom(room).catch((e) => { refused = e.errcode; });
  check(refused, 'a banned user joins');
  await ann.unban(room, bob.getUserId());
  await bob.forget(room);
});
await step('leave and logout', async () => {
  await ann.leave(room);
  ann.stopClient();
  bob.stopClient();
  await ann.logout();
});
process.exit(failed ? 1 : 0);
