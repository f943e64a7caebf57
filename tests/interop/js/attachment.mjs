// SPDX-License-Identifier: Apache-2.0
// Attachments of encrypted rooms by WebCrypto, as the specification says (client-server API, "Sending encrypted attachments").
import { webcrypto } from 'node:crypto';

const unpadded = (bytes) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');
const digest = async (bytes) => unpadded(await webcrypto.subtle.digest('SHA-256', bytes));
const cipher = (iv) => ({ name: 'AES-CTR', counter: iv, length: 64 });

// What is uploaded, and the EncryptedFile but for its URL.
export const seal = async (content) => {
  const iv = new Uint8Array(16);
  webcrypto.getRandomValues(iv.subarray(0, 8));
  const key = await webcrypto.subtle.generateKey({ name: 'AES-CTR', length: 256 }, true, ['encrypt', 'decrypt']);
  const sealed = Buffer.from(await webcrypto.subtle.encrypt(cipher(iv), key, content));
  const { k } = await webcrypto.subtle.exportKey('jwk', key);
  return {
    sealed,
    file: {
      v: 'v2', key: { alg: 'A256CTR', ext: true, k, key_ops: ['encrypt', 'decrypt'], kty: 'oct' }, iv: unpadded(iv),
      hashes: { sha256: await digest(sealed) },
    },
  };
};

// The content, if the file is of the form that the specification wants and has the hash that it says.
export const open = async (sealed, file) => {
  if (file.v !== 'v2') throw new Error(`the file is of version ${file.v}`);
  if (await digest(sealed) !== file.hashes.sha256) throw new Error('the file has another hash');
  const key = await webcrypto.subtle.importKey('jwk', file.key, { name: 'AES-CTR' }, false, ['decrypt']);
  const iv = Buffer.from(file.iv, 'base64');
  if (iv.length !== 16 || iv.subarray(8).some((byte) => byte !== 0)) throw new Error('the counter does not begin at 0');
  return Buffer.from(await webcrypto.subtle.decrypt(cipher(iv), key, sealed));
};
