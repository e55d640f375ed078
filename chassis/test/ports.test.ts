import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { isPortFree } from '@marquee/chassis/process/ports';
import { freePort } from '@marquee/testkit/ports';

test('freePort returns ports outside the ephemeral range that are free and were not returned before', async () => {
  const taken = await freePort();
  const server = createServer().listen(taken, '127.0.0.1');
  await once(server, 'listening');
  expect(await isPortFree(taken)).toBe(false);
  const found: number[] = [];
  // Enough to wrap around to the first one.
  while (found.length < 200) found.push(await freePort());
  expect(found).not.toContain(taken);
  expect(new Set(found.slice(0, 50)).size).toBe(50);
  expect(found.filter((port) => port < 10_000 || port >= 32_768)).toEqual([]);
  server.close();
});
