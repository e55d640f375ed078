import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openConversation } from '@marquee/examples/conversation';
import { openGateway } from '@marquee/examples/gateway';

interface Sent {
  body: string;
  clientMessageId: string;
}

/** How the gateway answers a message that it has received. */
type Answer = (response: ServerResponse) => void;

const sent: Sent[] = [];
let answers: Answer[];
let server: Server;

beforeEach(async () => {
  sent.length = 0;
  server = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void server.close());

test('a sender whose connection is lost after sendMessage sends it again with the same clientMessageId', async () => {
  answers = [
    (response) => response.socket?.resetAndDestroy(),
    (response) => response.writeHead(200, { 'content-length': 100 }).write('{"data":', () => response.destroy()),
    (response) => response.writeHead(503).end(),
    (response) => response.end('{"errors":[{"message":"lost","extensions":{"code":"UPSTREAM_UNAVAILABLE"}}]}'),
    confirm,
    confirm,
  ];
  const conversation = await openConversation(openGateway(address(), token), { id: 'them', displayName: 'Them' });
  await conversation.send('one');
  await conversation.send('two');
  expect(sent.map(({ body }) => body)).toEqual(['one', 'one', 'one', 'one', 'one', 'two']);
  expect(new Set(sent.map(({ clientMessageId }) => clientMessageId)).size).toBe(2);
});

test('a refused message is not sent again', async () => {
  answers = [(response) => response.end('{"errors":[{"message":"too long","extensions":{"code":"BAD_USER_INPUT"}}]}')];
  const conversation = await openConversation(openGateway(address(), token), { id: 'them', displayName: 'Them' });
  await expect(conversation.send('one')).rejects.toThrow('BAD_USER_INPUT too long');
  expect(sent).toHaveLength(1);
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { query, variables } = JSON.parse(Buffer.concat(chunks).toString()) as {
    query: string;
    variables: { input: Sent };
  };
  if (!query.includes('sendMessage'))
    return void response.end('{"data":{"startConversation":{"conversation":{"id":"1","lastMessage":null}}}}');
  sent.push(variables.input);
  answers.shift()?.(response);
}

function confirm(response: ServerResponse): void {
  response.end('{"data":{"sendMessage":{"message":{"id":"1"}}}}');
}

async function token() {
  return 'token';
}

function address(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
