// SPDX-License-Identifier: Apache-2.0
// matrix-js-sdk as another device of an account, for its backup of room keys. Without a recovery key it makes an identity, secret storage
// and a backup, joins the room that it is invited to, answers the first message with "echo: …", and ends once both keys are in the backup.
// With one, it restores the backup and says what it reads in the room. Prints JSON lines.
// usage: backup.mjs HOMESERVER USER PASSWORD [RECOVERY_KEY ROOM]
import * as sdk from 'matrix-js-sdk';
import { decodeRecoveryKey } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { logger } from 'matrix-js-sdk/lib/logger.js';

logger.setLevel?.('silent');
for (const level of ['debug', 'info', 'warn']) console[level] = () => {};

const [baseUrl, user, password, recoveryKey, roomId] = process.argv.slice(2);
let held = recoveryKey && decodeRecoveryKey(recoveryKey);
const anonymous = sdk.createClient({ baseUrl, logger });
const auth = { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password };
const login = await anonymous.loginRequest(auth);
const client = sdk.createClient({
  baseUrl, userId: login.user_id, accessToken: login.access_token, deviceId: login.device_id, logger,
  cryptoCallbacks: {
    getSecretStorageKey: async ({ keys }) => [Object.keys(keys)[0], held],
    cacheSecretStorageKey: (id, info, key) => { held = key; },
  },
});
await client.initRustCrypto({ useIndexedDB: false });
await client.startClient({ initialSyncLimit: 20 });
await new Promise((resolve) => client.on('sync', (state) => state === 'PREPARED' && resolve()));
const crypto = client.getCrypto();

const eventually = async (check, what) => {
  for (const end = Date.now() + 60000; ;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`no ${what} within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const texts = (room) => room.getLiveTimeline().getEvents()
  .filter((e) => e.getType() === 'm.room.message').map((e) => ({ sender: e.getSender(), body: e.getContent().body }));

const said = {};
if (recoveryKey) {
  // Whose signature under the backup counts is known then.
  await crypto.userHasCrossSigningKeys(login.user_id, true);
  await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: () => { throw new Error('it would make another identity'); } });
  await crypto.loadSessionBackupPrivateKeyFromSecretStorage();
  const info = await crypto.getKeyBackupInfo();
  said.trust = await crypto.isKeyBackupTrusted(info);
  await crypto.checkKeyBackupAndEnable();
  said.restored = await crypto.restoreKeyBackup();
  const room = client.getRoom(roomId);
  await eventually(() => texts(room).length >= 2, 'two messages that can be read');
  said.texts = texts(room).map((t) => t.body);
} else {
  await crypto.userHasCrossSigningKeys(login.user_id, true);
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
    setupNewKeyBackup: true,
  });
  await crypto.checkKeyBackupAndEnable();
  console.log(JSON.stringify({ ready: login.device_id }));
  const room = await eventually(() => client.getRooms().find((r) => r.getMyMembership() === 'invite'), 'invitation');
  await client.joinRoom(room.roomId);
  const heard = await eventually(() => texts(room).find((t) => t.sender !== login.user_id), 'message');
  await client.sendTextMessage(room.roomId, `echo: ${heard.body}`);
  said.count = await eventually(async () => {
    // The SDK remembers what it was told first.
    const { count } = await client.http.authedRequest('GET', '/room_keys/version');
    return count >= 2 && count;
  }, 'two keys in the backup');
}
console.log(JSON.stringify(said));
client.stopClient();
process.exit(0);
