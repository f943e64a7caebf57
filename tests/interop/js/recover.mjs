// SPDX-License-Identifier: Apache-2.0
// matrix-js-sdk as another device of an account: with a recovery key, fetches the account's identity from its secret storage, signs its
// own device by it, and says what it found; without one, makes both and says the key. Prints one JSON line.
// usage: recover.mjs HOMESERVER USER PASSWORD [RECOVERY_KEY]
import * as sdk from 'matrix-js-sdk';
import { decodeRecoveryKey } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { logger } from 'matrix-js-sdk/lib/logger.js';

logger.setLevel?.('silent');
for (const level of ['debug', 'info', 'warn']) console[level] = () => {};

const [baseUrl, user, password, recoveryKey] = process.argv.slice(2);
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
await client.startClient({ initialSyncLimit: 1 });
await new Promise((resolve) => client.on('sync', (state) => state === 'PREPARED' && resolve()));

const crypto = client.getCrypto();
const said = {};
const upload = (send) => send(null).catch((e) => send({ ...auth, session: e.data?.session }));
await crypto.userHasCrossSigningKeys(login.user_id, true);
if (recoveryKey) {
  const [id, info] = await client.secretStorage.getKey();
  said.keyFits = await client.secretStorage.checkKey(held, info);
  await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: () => { throw new Error('it would make another identity'); } });
  said.storage = id;
} else {
  await crypto.bootstrapCrossSigning({ setupNewCrossSigning: true, authUploadDeviceSigningKeys: upload });
  await crypto.bootstrapSecretStorage({
    createSecretStorageKey: async () => {
      const made = await crypto.createRecoveryKeyFromPassphrase();
      said.recoveryKey = made.encodedPrivateKey;
      return made;
    },
  });
}
const status = await crypto.getCrossSigningStatus();
said.ready = await crypto.isCrossSigningReady();
said.held = status.privateKeysCachedLocally;
said.inStorage = status.privateKeysInSecretStorage;
// Its own signature comes back with the next list of devices.
const isSigned = async () => (await crypto.getDeviceVerificationStatus(login.user_id, login.device_id)).signedByOwner;
for (let tries = 0; tries < 200 && !(await isSigned()); ++tries) {
  await crypto.userHasCrossSigningKeys(login.user_id, true);
  await new Promise((resolve) => setTimeout(resolve, 50));
}
said.signed = await isSigned();
console.log(JSON.stringify(said));
client.stopClient();
process.exit(0);
