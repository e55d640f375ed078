import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openHttpServer } from '@marquee/chassis/http/http-server';
import { GraphQLError } from 'graphql';
import { pino } from 'pino';
import type { RateLimiter } from '../src/admission/rates/rate-limiter.js';
import { rateLimitExceeded } from '../src/admission/refusals.js';
import { withRateLimit, withUpgradeRateLimit } from '../src/http/rate-limited.js';

const settings = { TRUSTED_PROXIES: 0, CONNECTIONS_PER_ADDRESS: 10 };

let lines: string[];

beforeEach(() => {
  lines = [];
});

function optionsWith(failure: Error) {
  const rates: Pick<RateLimiter, 'checkAddress'> = { checkAddress: () => Promise.reject(failure) };
  return { settings, rates, log: pino({ base: null }, { write: (line: string) => void lines.push(line) }) };
}

describe('a request', () => {
  test('gets 429 with Retry-After over the rate limit, and logs nothing', async () => {
    const response = await ask(rateLimitExceeded('address', 7));
    expect([response.status, response.headers.get('retry-after'), lines]).toEqual([429, '7', []]);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
  });

  test('gets 500 INTERNAL and logs the error if the limiter fails', async () => {
    const response = await ask(new GraphQLError('the bucket broke'));
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
    expect(lines).toEqual([expect.stringContaining('the bucket broke')]);
  });

  async function ask(failure: Error): Promise<Response> {
    const options = optionsWith(failure);
    const handler = withRateLimit(options, (_, response) => void response.end());
    const server = await openHttpServer({ host: '127.0.0.1', port: 0, routes: { '/': handler }, log: options.log });
    try {
      return await fetch(server.url);
    } finally {
      await server.close(0);
    }
  }
});

describe('an upgrade', () => {
  let server: Server;

  afterEach(() => void server.close());

  test('gets 429 over the rate limit, and logs nothing', async () => {
    expect([await upgrade(rateLimitExceeded('address', 7)), lines]).toEqual(['HTTP/1.1 429 Too Many Requests', []]);
  });

  test('gets 500 and logs the error if the limiter fails', async () => {
    expect(await upgrade(new Error('the bucket broke'))).toBe('HTTP/1.1 500 Internal Server Error');
    expect(lines).toEqual([expect.stringContaining('the bucket broke')]);
  });

  async function upgrade(failure: Error): Promise<string> {
    const handle = withUpgradeRateLimit(optionsWith(failure), () => undefined);
    server = createServer().on('upgrade', handle).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    const [data] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return data.toString().split('\r\n', 1)[0] ?? '';
  }
});
