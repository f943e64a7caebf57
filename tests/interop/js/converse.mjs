// SPDX-License-Identifier: Apache-2.0
// matrix-js-sdk as a person in the room: says a line, then waits until the bot's messages (with their newest edits, as the SDK sees
// them) contain the words that were expected. Prints one JSON line a step; exit status 1 if one fails.
// usage: converse.mjs HOMESERVER USER PASSWORD BOT  (lines of {"say": …, "expect": …} on standard input; "invite" makes the room)
import readline from 'node:readline';
import * as sdk from 'matrix-js-sdk';
import { logger } from 'matrix-js-sdk/lib/logger.js';

logger.setLevel?.('silent');
for (const level of ['debug', 'info', 'warn']) console[level] = () => {};

const [homeserver, user, password, bot] = process.argv.slice(2);
const anonymous = sdk.createClient({ baseUrl: homeserver, logger });
const login = await anonymous.loginRequest({
  type: 'm.login.password', identifier: { type: 'm.id.user', user }, password,
});
const client = sdk.createClient({
  baseUrl: homeserver, userId: login.user_id, accessToken: login.access_token, deviceId: login.device_id, logger,
});
await client.startClient({ initialSyncLimit: 20 });
await new Promise((resolve) => client.on('sync', (state) => state === 'PREPARED' && resolve()));

const deadline = async (check, what, seconds = 60) => {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`no ${what} within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
// What a person sees: the SDK has put the newest edit in the original's place.
const shown = (room, from) =>
  room.getLiveTimeline().getEvents().concat(room.getThreads().flatMap((thread) => thread.events))
    .filter((e) => e.getSender() === bot && e.getType() === 'm.room.message' && !e.isRelation('m.replace') && e.getTs() >= from)
    .map((e) => e.getContent());

let room;
let failed = false;
for await (const line of readline.createInterface({ input: process.stdin })) {
  const step = JSON.parse(line);
  try {
    if (step.invite) {
      const { room_id: id } = await client.createRoom({ preset: 'private_chat', invite: [bot] });
      console.log(JSON.stringify({ room: id }));
      room = await deadline(() => client.getRoom(id), 'room');
      if (step.join !== false) await deadline(() => room.getMember(bot)?.membership === 'join', 'bot in the room');
      console.log(JSON.stringify({ joined: true }));
      continue;
    }
    const from = Date.now() - 2000;
    await client.sendTextMessage(room.roomId, step.say);
    const content = await deadline(
      () => shown(room, from).find((c) => c.body?.includes(step.expect)), `answer with "${step.expect}" to "${step.say}"`);
    if (step.html && !content.formatted_body?.includes(step.html)) {
      throw new Error(`the HTML has no ${step.html}: ${content.formatted_body}`);
    }
    console.log(JSON.stringify({ say: step.say, body: content.body }));
  } catch (error) {
    console.log(JSON.stringify({ failed: String(error.message) }));
    failed = true;
    break;
  }
}
client.stopClient();
process.exit(failed ? 1 : 0);
