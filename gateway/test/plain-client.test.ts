import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PlainClient } from '../src/upstream/plain-client.js';
import {
  type PostRequest,
  ResponseTooLarge,
  type ServiceClientOptions,
  type ServiceResponse,
} from '../src/upstream/service-client.js';

const ok = 'HTTP/1.1 200 OK\r\n';
const options: ServiceClientOptions = { connections: 8, connectMs: 5_000, keepAliveMs: 4_000, maxResponseBytes: 1_000 };
const hello = `${ok}content-length: 5\r\n\r\nhello`;

let server: Server;
/** Called by the server for each request. */
let answer: (request: string, socket: Socket) => void;
let sockets: Socket[];
let requests: string[];
let client: PlainClient;

beforeEach(async () => {
  [sockets, requests] = [[], []];
  answer = (_, socket) => socket.write(hello);
  server = createServer((socket) => {
    sockets.push(socket);
    socket.setNoDelay().on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      requests.push(chunk.toString());
      answer(chunk.toString(), socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = open({});
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await client.close();
});

describe('the client for services without TLS', () => {
  test('sends a request with its length in bytes, and reads the status, the headers and the text', async () => {
    const body = '{"query":"{ ä }"}';
    answer = (_, socket) =>
      socket.write(`${ok}Cache-Control: max-age=5\r\nX-Other: 1\r\nContent-Length: 6\r\n\r\ntäst!`);
    const response = await post({ headers: ['accept', 'application/json'], body });
    expect(response).toMatchObject({ status: 200, text: 'täst!', bytes: 6, headers: { 'cache-control': 'max-age=5' } });
    const { port } = server.address() as AddressInfo;
    const head = [
      'POST /graphql?a=1 HTTP/1.1',
      `host: 127.0.0.1:${port}`,
      'connection: keep-alive',
      'accept: application/json',
    ];
    expect(requests).toEqual([[...head, 'content-length: 18', '', body].join('\r\n')]);
  });

  test.each([
    ['with a length', hello],
    ['in chunks', `${ok}transfer-encoding: chunked\r\n\r\n2;name=x\r\nhe\r\n3\r\nllo\r\n0\r\ntrailer: 1\r\n\r\n`],
    ['after an interim response', `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${hello}`],
  ])('reads a response %s whose bytes arrive one by one, and uses the connection again', async (_, text) => {
    answer = (__, socket) => void sendOneByOne(text, socket);
    expect(await post()).toMatchObject({ status: 200, text: 'hello', bytes: 5 });
    expect(await post()).toMatchObject({ text: 'hello' });
    expect(sockets).toHaveLength(1);
  });

  test.each(['transfer-encoding: chunked', 'content-length: 5'])(
    'reads a response without a body that announces "%s", and does not use the connection again',
    async (header) => {
      answer = (_, socket) => socket.write(`HTTP/1.1 204 No Content\r\n${header}\r\n\r\n`);
      expect(await post()).toMatchObject({ status: 204, text: '' });
      await closed(0);
      answer = (_, socket) => socket.write(hello);
      expect(await post()).toMatchObject({ text: 'hello' });
    },
  );

  test('reads responses of several connections whose parts arrive in turns', async () => {
    const parts = ['one', 'two', 'six'].map((word) => [...`${ok}content-length: 300\r\n\r\n`, ...word.repeat(100)]);
    let started = 0;
    answer = (_, socket) => {
      const mine = parts[(started += 1) - 1] ?? [];
      void sendOneByOne(mine, socket);
    };
    const all = await Promise.all([post(), post(), post()]);
    expect(all.map(({ text }) => text).sort()).toEqual(['one', 'six', 'two'].map((word) => word.repeat(100)));
  });

  test('reads a response that ends with its connection', async () => {
    answer = (_, socket) => socket.end(`${ok}\r\nhello`);
    expect(await post()).toMatchObject({ text: 'hello' });
    expect(await post()).toMatchObject({ text: 'hello' });
    expect(sockets).toHaveLength(2);
  });

  test.each([
    ['both lengths', `${ok}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\nhello`],
    ['two lengths', `${ok}content-length: 5\r\ncontent-length: 4\r\n\r\nhello`],
    ['an unknown encoding', `${ok}transfer-encoding: gzip\r\n\r\nhello`],
    ['a negative length', `${ok}content-length: -1\r\n\r\n`],
    ['a chunk without a size', `${ok}transfer-encoding: chunked\r\n\r\nx\r\n`],
    ['a chunk that is longer than its size', `${ok}transfer-encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n`],
    ['endless headers', `${ok}a: ${'x'.repeat(17_000)}`],
    ['a blank before a colon', `${ok}content-length: 5\r\ntransfer-encoding : chunked\r\n\r\nhello`],
    ['a header on two lines', `${ok}content-length: 5\r\nx: 1\r\n transfer-encoding: chunked\r\n\r\nhello`],
    ['a header without a colon', `${ok}connectionX\r\ncontent-length: 5\r\n\r\nhello`],
    ['a length after another blank', `${ok}content-length: \u00a05\r\n\r\nhello`],
    ['an unknown kind of status', 'HTTP/1.1 000 Unknown\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ])('fails for %s, and closes the connection', async (_, text) => {
    answer = (__, socket) => socket.write(text);
    await expect(post()).rejects.toThrow(Error);
    await closed(0);
    answer = (__, socket) => socket.write(hello);
    expect(await post()).toMatchObject({ text: 'hello' });
  });

  test.each([
    ['its length', `${ok}content-length: 1001\r\n\r\n`],
    ['its chunks', `${ok}transfer-encoding: chunked\r\n\r\n3e9\r\n${'x'.repeat(1_001)}`],
    ['what arrives', `${ok}\r\n${'x'.repeat(1_001)}`],
  ])('reports a response that is too large by %s', async (_, text) => {
    answer = (__, socket) => socket.write(text);
    await expect(post()).rejects.toThrow(ResponseTooLarge);
    await closed(0);
  });

  test('fails when the service closes the connection without a whole response', async () => {
    answer = (_, socket) => socket.end(`${ok}content-length: 5\r\n\r\nhell`);
    await expect(post()).rejects.toThrow('closed the connection');
    server.close();
    await expect(post()).rejects.toThrow(/ECONNREFUSED/);
  });

  test('does not take bytes that no request has asked for as the next response', async () => {
    answer = (_, socket) => socket.write(`${hello}${hello.replace('hello', 'false')}`);
    expect(await post()).toMatchObject({ text: 'hello' });
    answer = (_, socket) => socket.write(hello.replace('hello', 'right'));
    expect(await post()).toMatchObject({ text: 'right' });
    sockets.at(-1)?.write(hello.replace('hello', 'false'));
    await closed(1);
    expect(await post()).toMatchObject({ text: 'right' });
    expect(sockets).toHaveLength(3);
  });

  test('sends no header that a value could begin, and nothing else of that request', () => {
    const headers = ['tracestate', 'a=1\r\nx-marquee-caller: someone'];
    expect(() => client.post({ headers, body: '{}' }, neverCalled)).toThrow(TypeError);
    expect(requests).toEqual([]);
  });

  test('gives a request up by closing its connection', async () => {
    answer = () => undefined;
    const giveUp = client.post({ headers: [], body: '{}' }, neverCalled);
    while (requests.length === 0) await wait(5);
    giveUp();
    await closed(0);
    expect(requests).toHaveLength(1);
  });
});

describe('the connections', () => {
  test('are as many as permitted: further requests wait for one', async () => {
    client = open({ connections: 2 });
    const waiting: (() => void)[] = [];
    answer = (_, socket) => void waiting.push(() => socket.write(hello));
    const all = Promise.all([post(), post(), post()]);
    while (waiting.length < 2) await wait(5);
    await wait(20);
    expect([sockets.length, requests.length]).toEqual([2, 2]);
    answer = (_, socket) => socket.write(hello);
    for (const send of waiting) send();
    expect((await all).map(({ text }) => text)).toEqual(['hello', 'hello', 'hello']);
  });

  test('pass a request on that was given up while it waited', async () => {
    client = open({ connections: 1 });
    answer = () => undefined;
    const first = post();
    while (requests.length === 0) await wait(5);
    const giveUp = client.post({ headers: [], body: '{"is":"given up"}' }, neverCalled);
    const last = post();
    giveUp();
    answer = (_, socket) => socket.write(hello);
    sockets[0]?.write(hello);
    expect(await Promise.all([first, last])).toMatchObject([{ text: 'hello' }, { text: 'hello' }]);
    expect(requests.filter((text) => text.includes('given up'))).toEqual([]);
  });

  test('that cannot be opened fail each request that waits for one', async () => {
    client = open({ connections: 1 });
    server.close();
    const outcomes = await Promise.allSettled([post(), post(), post()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  test('are closed after the requests in flight and those that wait, also if that is asked for twice', async () => {
    client = open({ connections: 1 });
    const responses = Promise.all([post(), post()]);
    await Promise.all([client.close(), client.close()]);
    expect(await responses).toMatchObject([{ text: 'hello' }, { text: 'hello' }]);
    await closed(0);
  });

  test('are replaced in time, with a request that announces it', async () => {
    for (let count = 0; count < 40; count += 1) await post();
    expect(sockets.length).toBeGreaterThan(1);
    expect(requests.filter((text) => text.includes('connection: close'))).toHaveLength(sockets.length - 1);
  });

  test('end when the service says so', async () => {
    answer = (_, socket) => socket.write(`${ok}connection: close\r\ncontent-length: 5\r\n\r\nhello`);
    await post();
    await closed(0);
    answer = (_, socket) => socket.write(`${ok}keep-alive: timeout=1\r\ncontent-length: 5\r\n\r\nhello`);
    await post();
    await closed(1);
    expect(sockets).toHaveLength(2);
  });

  test('end when they are idle for too long', async () => {
    client = open({ keepAliveMs: 300 });
    await post();
    await post();
    expect(sockets).toHaveLength(1);
    await closed(0);
  });
});

const neverCalled = {
  onResponse: () => {
    throw new Error('There is a response.');
  },
  onFailure: (failure: Error) => {
    throw failure;
  },
};

function open(changed: Partial<ServiceClientOptions>): PlainClient {
  const { port } = server.address() as AddressInfo;
  return new PlainClient(new URL(`http://127.0.0.1:${port}/graphql?a=1`), { ...options, ...changed });
}

function post(request: PostRequest = { headers: [], body: '{}' }): Promise<ServiceResponse> {
  return new Promise((onResponse, onFailure) => client.post(request, { onResponse, onFailure }));
}

async function sendOneByOne(text: Iterable<string>, socket: Socket): Promise<void> {
  for (const character of text) {
    socket.write(character);
    await wait(0);
  }
}

/** Waits until the client has closed a connection. */
async function closed(index: number): Promise<void> {
  while (sockets[index]?.closed !== true) await wait(5);
}
