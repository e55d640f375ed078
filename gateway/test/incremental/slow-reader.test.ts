import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { sendPieces } from '@marquee/chassis/http/streamed-response';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const piece = 'x'.repeat(64 * 1024);

let server: Server;
let produced = 0;
let isReturned = false;

beforeAll(async () => {
  server = createServer((_, response) => void sendPieces(response, pieces()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function* pieces(): AsyncGenerator<string> {
  try {
    for (produced = 0; produced < 1_000; produced += 1) yield piece;
  } finally {
    isReturned = true;
  }
}

test('a part is produced when the client has read the ones before, and none after it has left', async () => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  socket.pause();
  let before = -1;
  while (produced === 0 || produced !== before) {
    before = produced;
    await wait(100);
  }
  expect(produced).toBeLessThan(500);
  socket.destroy();
  while (!isReturned) await wait(20);
  expect(produced).toBeLessThan(500);
});
