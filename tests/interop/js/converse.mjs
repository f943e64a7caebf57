// SPDX-License-Identifier: Apache-2.0
// matrix-js-sdk as a person in the room: says a line, then waits until the bot's messages (with their newest edits, as the SDK sees
// them) contain the words that were expected. Prints one JSON line a step; exit status 1 if one fails.
// usage: converse.mjs HOMESERVER USER PASSWORD BOT [encrypted [everybody]]  (lines of {"say": …, "expect": …} on standard input; "invite" makes the
// room, "accept" joins the one that the bot has made, "verify" compares emoji with it). "encrypted": in an encrypted room, with an
// identity of one's own, and strict: nothing is sent to or read from a device that its owner has not signed;
// with "everybody" all devices get keys.
import readline from 'node:readline';
import * as sdk from 'matrix-js-sdk';
import { OnlySignedDevicesIsolationMode } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { logger } from 'matrix-js-sdk/lib/logger.js';

logger.setLevel?.('silent');
for (const level of ['debug', 'info', 'warn']) console[level] = () => {};

const [homeserver, user, password, bot, mode, whom] = process.argv.slice(2);
const encrypted = mode === 'encrypted';
const anonymous = sdk.createClient({ baseUrl: homeserver, logger });
const login = await anonymous.loginRequest({
  type: 'm.login.password', identifier: { type: 'm.id.user', user }, password,
});
const client = sdk.createClient({
  baseUrl: homeserver, userId: login.user_id, accessToken: login.access_token, deviceId: login.device_id, logger,
});
if (encrypted) {
  await client.initRustCrypto({ useIndexedDB: false });
  if (whom !== 'everybody') client.getCrypto().setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
}
await client.startClient({ initialSyncLimit: 20 });
await new Promise((resolve) => client.on('sync', (state) => state === 'PREPARED' && resolve()));

if (encrypted) {
  const auth = { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password };
  await client.getCrypto().bootstrapCrossSigning({
    setupNewCrossSigning: true,
    authUploadDeviceSigningKeys: (upload) => upload(null).catch((e) => upload({ ...auth, session: e.data?.session })),
  });
}

const deadline = async (check, what, seconds = 60) => {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`no ${what} within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
// What a person sees: the SDK has put the newest edit in the original's place.
const shown = (room, from) =>
  room.getLiveTimeline().getEvents().concat(room.getThreads().flatMap((thread) => thread.events))
    .filter((e) => e.getSender() === bot && e.getType() === 'm.room.message' && !e.isRelation('m.replace') && e.getTs() >= from)
    .map((e) => ({ event: e, ...e.getContent() }));
const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
// What a person would see beside the message: no shield is grey (1) or red (2).
const judge = async (event) => {
  const info = await client.getCrypto().getEncryptionInfoForEvent(event);
  const [device] = (await client.getCrypto().getUserDeviceInfo([bot])).get(bot).keys();
  const status = await client.getCrypto().getDeviceVerificationStatus(bot, device);
  return { wire: event.getWireType(), shield: info?.shieldColour, signed: status.signedByOwner };
};

let room;
let failed = false;
for await (const line of readline.createInterface({ input: process.stdin })) {
  const step = JSON.parse(line);
  try {
    if (step.invite) {
      const { room_id: id } = await client.createRoom({
        preset: 'private_chat', invite: [bot], initial_state: encrypted ? [encryption] : [],
      });
      console.log(JSON.stringify({ room: id }));
      room = await deadline(() => client.getRoom(id), 'room');
      if (step.join !== false) await deadline(() => room.getMember(bot)?.membership === 'join', 'bot in the room');
      console.log(JSON.stringify({ joined: true }));
      continue;
    }
    if (step.accept) {
      room = await deadline(() => client.getRooms().find((r) => r.getMyMembership() === 'invite'), 'invitation');
      const inviter = room.getMember(login.user_id).events.member.getSender();
      await client.joinRoom(room.roomId);
      await deadline(() => room.getMyMembership() === 'join' && room.getMember(bot)?.membership === 'join', 'room with the bot');
      console.log(JSON.stringify({ room: room.roomId, name: room.name, inviter, encrypted: room.hasEncryptionStateEvent() }));
      continue;
    }
    if (step.verify) {
      const crypto = client.getCrypto();
      const request = step.verify === 'devices' ? await crypto.requestDeviceVerification(bot, step.device)
        : await crypto.requestVerificationDM(bot, room.roomId);
      await deadline(() => request.verifier, 'beginning of the verification');
      const verifier = request.verifier;
      let emoji;
      verifier.on('show_sas', (sas) => {
        emoji = sas.sas.emoji.map(([, name]) => name);
        sas.confirm();
      });
      await verifier.verify();
      // The signature that says so goes to the homeserver, and comes back as news of the bot's identity.
      await deadline(async () => (await crypto.getUserVerificationStatus(bot)).isVerified(), 'verified identity');
      console.log(JSON.stringify({ emoji, verified: true }));
      continue;
    }
    const from = Date.now() - 2000;
    await client.sendTextMessage(room.roomId, step.say);
    const content = await deadline(
      () => shown(room, from).find((c) => c.body?.includes(step.expect)), `answer with "${step.expect}" to "${step.say}"`);
    if (step.html && !content.formatted_body?.includes(step.html)) {
      throw new Error(`the HTML has no ${step.html}: ${content.formatted_body}`);
    }
    const judged = encrypted ? await judge(content.event) : {};
    console.log(JSON.stringify({ say: step.say, body: content.body, ...judged }));
  } catch (error) {
    console.log(JSON.stringify({ failed: String(error.message) }));
    failed = true;
    break;
  }
}
client.stopClient();
process.exit(failed ? 1 : 0);
