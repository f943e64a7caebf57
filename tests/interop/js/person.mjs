// SPDX-License-Identifier: Apache-2.0
// matrix-js-sdk as one device of a person in an encrypted room, which does what it is told and says what it sees. Reads steps of
// {"do": NAME, …} on standard input, and prints one JSON line for each; exit status 1 if one fails.
// usage: person.mjs HOMESERVER USER PASSWORD new|signed|unsigned [RECOVERY_KEY]
// new: the person's first device, which makes an identity and keeps it under a recovery key. signed: a further one, which that key lets
// sign itself. Both are strict: nothing is sent to or read from a device that its owner has not signed. unsigned: one that nobody signs.
import { webcrypto } from 'node:crypto';
import readline from 'node:readline';
import * as sdk from 'matrix-js-sdk';
import { OnlySignedDevicesIsolationMode, VerificationPhase, decodeRecoveryKey } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { logger } from 'matrix-js-sdk/lib/logger.js';
import { open, seal } from './attachment.mjs';

logger.setLevel?.('silent');
for (const level of ['debug', 'info', 'warn']) console[level] = () => {};

const [baseUrl, user, password, role, recoveryKey] = process.argv.slice(2);

// A cable that can be pulled: requests that were under way are made again once it is back, and the answers to them are never seen.
let cable = { away: new AbortController(), back: Promise.resolve(), plug: () => {} };
const fetchFn = async (url, init = {}) => {
  for (;;) {
    await cable.back;
    const { away } = cable;
    try {
      return await fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, away.signal]) : away.signal });
    } catch (error) {
      if (!away.signal.aborted || init.signal?.aborted) throw error;
    }
  }
};

let held = recoveryKey && decodeRecoveryKey(recoveryKey);
const auth = { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password };
const login = await sdk.createClient({ baseUrl, logger }).loginRequest(auth);
const client = sdk.createClient({
  baseUrl, userId: login.user_id, accessToken: login.access_token, deviceId: login.device_id, logger, fetchFn,
  cryptoCallbacks: {
    getSecretStorageKey: async ({ keys }) => [Object.keys(keys)[0], held],
    cacheSecretStorageKey: (id, info, key) => { held = key; },
  },
});
await client.initRustCrypto({ useIndexedDB: false });
await client.startClient({ initialSyncLimit: 20 });
await new Promise((resolve) => client.on('sync', (state) => state === 'PREPARED' && resolve()));
const crypto = client.getCrypto();

const eventually = async (check, what, seconds = 60) => {
  for (const end = Date.now() + seconds * 1000; ;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`no ${what} within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const begin = async () => {
  const said = { user: login.user_id, device: login.device_id };
  await crypto.userHasCrossSigningKeys(login.user_id, true);
  if (role === 'new') {
    await crypto.bootstrapCrossSigning({
      setupNewCrossSigning: true,
      authUploadDeviceSigningKeys: (send) => send(null).catch((e) => send({ ...auth, session: e.data?.session })),
    });
    await crypto.bootstrapSecretStorage({
      createSecretStorageKey: async () => {
        const made = await crypto.createRecoveryKeyFromPassphrase();
        said.recoveryKey = made.encodedPrivateKey;
        return made;
      },
    });
  } else if (role === 'signed') {
    await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: () => { throw new Error('it would make another identity'); } });
  }
  if (role !== 'unsigned') crypto.setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
  // Others can know this device, and its signature, once the homeserver shows them to us.
  await eventually(async () => {
    await crypto.userHasCrossSigningKeys(login.user_id, true);
    const status = await crypto.getDeviceVerificationStatus(login.user_id, login.device_id);
    return status && (status.signedByOwner || role === 'unsigned');
  }, 'device of our own at the homeserver');
  return said;
};

let room;
let talk;
const events = () => room.getLiveTimeline().getEvents();
// What is seen of a message: its text, or why there is none.
const seen = (e) => ({
  event: e.getId(), sender: e.getSender(), session: e.getWireContent().session_id, wire: e.getWireType(),
  ...(e.isDecryptionFailure() ? { failure: e.decryptionFailureReason } : { msgtype: e.getContent().msgtype, body: e.getContent().body }),
});
const heard = (step) => events().find((e) =>
  e.getType() === 'm.room.message' && !e.isDecryptionFailure() && e.getContent().body === step.body && (!step.from || e.getSender() === step.from));
const enter = async (id) => {
  room = await eventually(() => client.getRoom(id)?.getMyMembership() === 'join' && client.getRoom(id), 'room');
  await eventually(() => room.hasEncryptionStateEvent(), 'encryption in the room');
};

// The signature that says so goes to the homeserver, and comes back as news of the other one's identity.
const verified = async (user) => {
  await eventually(async () => (await crypto.getUserVerificationStatus(user)).isVerified(), 'verified identity');
  return { verified: true };
};

const steps = {
  make: async (step) => {
    const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
    const { room_id: id } = await client.createRoom({ preset: 'private_chat', invite: step.invite, initial_state: [encryption] });
    await enter(id);
    return { room: id };
  },
  invite: async (step) => { await client.invite(room.roomId, step.user); },
  join: async (step) => {
    await client.joinRoom(step.room);
    await enter(step.room);
  },
  enter: (step) => enter(step.room),
  leave: async () => { await client.leave(room.roomId); },
  member: async (step) => {
    await eventually(() => room.getMember(step.user)?.membership === step.is, `${step.is} of ${step.user}`);
  },
  say: async (step) => {
    const { event_id: event } = await client.sendTextMessage(room.roomId, step.body);
    return { event };
  },
  hear: async (step) => seen(await eventually(() => heard(step), `message "${step.body}"`)),
  // A message that is there, if need be further up, and cannot be read.
  miss: async (step) => seen(await eventually(async () => {
    if (!room.findEventById(step.event)) await client.scrollback(room, 100);
    return events().find((e) => e.getId() === step.event && e.isDecryptionFailure());
  }, `unreadable message ${step.event}`)),
  list: async () => ({ messages: events().filter((e) => e.getWireType() === 'm.room.encrypted').map(seen) }),
  go_offline: async () => {
    let plug;
    const back = new Promise((resolve) => { plug = resolve; });
    const { away } = cable;
    cable = { away: new AbortController(), back, plug };
    away.abort();
  },
  go_online: async () => { cable.plug(); },
  // Bytes that nobody could have guessed, as a file.
  send_file: async (step) => {
    const content = Buffer.alloc(step.size);
    for (let at = 0; at < step.size; at += 65536) webcrypto.getRandomValues(content.subarray(at, at + 65536));
    const { sealed, file } = await seal(content);
    const { content_uri: url } = await client.uploadContent(sealed, { type: 'application/octet-stream', includeFilename: false });
    await client.sendMessage(room.roomId, {
      msgtype: 'm.file', body: step.file, filename: step.file, info: { size: step.size, mimetype: 'text/plain' }, file: { ...file, url },
    });
    return { content: content.toString('base64') };
  },
  hear_file: async (step) => {
    const event = await eventually(() => heard(step), `file "${step.body}"`);
    const { file, info, url } = event.getContent();
    const where = client.mxcUrlToHttp(file.url, undefined, undefined, undefined, false, true, true);
    const answer = await fetch(where, { headers: { Authorization: `Bearer ${login.access_token}` } });
    if (!answer.ok) throw new Error(`the file cannot be fetched: ${answer.status}`);
    const sealed = Buffer.from(await answer.arrayBuffer());
    const content = await open(sealed, file);
    return {
      ...seen(event), url, info, content: content.toString('base64'), sealed: sealed.toString('base64'),
      type: answer.headers.get('content-type'), disposition: answer.headers.get('content-disposition'),
    };
  },
  // Emoji are compared with a device, up to where people look at them.
  compare: async (step) => {
    const request = await crypto.requestDeviceVerification(step.user, step.device);
    const verifier = await eventually(() => request.verifier, 'beginning of the verification');
    const shown = new Promise((resolve) => verifier.on('show_sas', resolve));
    const ended = verifier.verify().then(() => true, () => false);
    const sas = await shown;
    talk = { request, sas, ended };
    return { emoji: sas.sas.emoji.map(([, name]) => name) };
  },
  // By a QR code, in the room or with a device, up to where one of the two shows it.
  begin_by_code: async (step) => {
    const request = await (step.device ? crypto.requestDeviceVerification(step.user, step.device)
      : crypto.requestVerificationDM(step.user, room.roomId));
    await eventually(() => request.phase === VerificationPhase.Ready, 'yes to the verification');
    talk = { request };
  },
  // After it the SDK does not see how a scan of its own ends.
  show_code: async () => ({ code: Buffer.from(await talk.request.generateQRCode()).toString('base64') }),
  // What the camera has read, and then sees the other side's person say.
  scan_code: async (step) => {
    const verifier = await talk.request.scanQRCode(new Uint8ClampedArray(Buffer.from(step.code, 'base64')));
    await verifier.verify();
    return verified(step.user);
  },
  // Ours was scanned, as the person here sees.
  confirm_scan: async (step) => {
    const verifier = await eventually(() => talk.request.verifier, 'scan of the code');
    const ended = verifier.verify();
    const seen = await eventually(() => verifier.getReciprocateQrCodeCallbacks(), 'question whether it was scanned');
    seen.confirm();
    await ended;
    return verified(step.user);
  },
  ended: async () => {
    await eventually(() => talk.request.phase === VerificationPhase.Cancelled, 'end of the verification');
    return { code: talk.request.cancellationCode, by: talk.request.cancellingUserId };
  },
  // They are the same, says the person here.
  confirm: async () => {
    await talk.sas.confirm();
    const agreed = await talk.ended;
    if (!agreed) await eventually(() => talk.request.phase === VerificationPhase.Cancelled, 'end of the verification');
    return { agreed, code: agreed ? null : talk.request.cancellationCode, by: agreed ? null : talk.request.cancellingUserId };
  },
};

let failed = false;
try {
  console.log(JSON.stringify(await begin()));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const step = JSON.parse(line);
    console.log(JSON.stringify((await steps[step.do](step)) ?? {}));
  }
} catch (error) {
  console.log(JSON.stringify({ failed: String(error.message) }));
  failed = true;
}
client.stopClient();
process.exit(failed ? 1 : 0);
