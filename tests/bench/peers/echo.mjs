// SPDX-License-Identifier: Apache-2.0
// The echo bot on matrix-js-sdk, in memory and without encryption. Environment: MATRIX_HOMESERVER, MATRIX_USER, MATRIX_PASSWORD.
import * as sdk from 'matrix-js-sdk';
import { logger } from 'matrix-js-sdk/lib/logger.js';

logger.setLevel?.('silent');
for (const level of ['debug', 'info', 'warn']) console[level] = () => {};

const { MATRIX_HOMESERVER: baseUrl, MATRIX_USER: user, MATRIX_PASSWORD: password } = process.env;
const login = await sdk.createClient({ baseUrl, logger }).loginRequest({
  type: 'm.login.password', identifier: { type: 'm.id.user', user }, password,
});
const me = login.user_id;
const client = sdk.createClient({ baseUrl, userId: me, accessToken: login.access_token, deviceId: login.device_id, logger });
client.on('RoomMember.membership', (event, member) => {
  if (member.userId === me && member.membership === 'invite') client.joinRoom(member.roomId);
});
client.on('Room.timeline', (event, room, toStart, removed, data) => {
  const content = event.getContent();
  if (!data.liveEvent || event.getSender() === me || event.getType() !== 'm.room.message' || content.msgtype !== 'm.text') return;
  client.sendMessage(room.roomId, {
    msgtype: 'm.text', body: `echo: ${content.body}`, 'm.relates_to': { 'm.in_reply_to': { event_id: event.getId() } },
  });
});
client.once('sync', () => console.log('ready'));
await client.startClient({ initialSyncLimit: 20 });
