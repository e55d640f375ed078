/**
 * A conversation between two users in a terminal: prints its messages and sends typed lines, until Ctrl-C.
 *
 *   node examples/dist/chat.js dev-freelancer-001 dev-hiring-001
 *
 * The first user types, the second one is the other participant. Tokens come from the local issuer of `npm start`. The
 * conversation continues across restarts of the gateway: no message is lost, printed twice or sent twice.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createLiveClient, type LiveStatus } from '@marquee/client';
import { WebSocket } from 'ws';
import { type Conversation, openConversation, type Message, fetchMe } from './conversation.js';
import { describeErrors, openGateway } from './gateway.js';
import { fetchToken } from './issuer.js';

const { address, issuer, ttl, mySub, theirSub } = readArguments();
const gateway = openGateway(address, () => token(mySub));
const [me, them] = [await fetchMe(gateway), await fetchMe(openGateway(address, () => token(theirSub)))];
const conversation = await openConversation(gateway, them);
const live = createLiveClient({
  url: `${address.replace(/^http/, 'ws')}/graphql`,
  token: () => token(mySub),
  onStatus: (status) => note(describeStatus(status)),
  webSocketImpl: WebSocket,
});

process.on('SIGINT', () => void exit());
note(`${me.displayName} talks to ${them.displayName}; press Ctrl-C to exit`);
void sendLines(conversation);
await printMessages(conversation);

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { gateway: { type: 'string' }, issuer: { type: 'string' }, ttl: { type: 'string', default: '3600' } },
  });
  const [mySub, theirSub, ...more] = positionals;
  if (mySub === undefined || theirSub === undefined || more.length > 0) return usage();
  const address = new URL(values.gateway ?? 'http://localhost:4000').origin;
  return { address, issuer: values.issuer ?? issuerOf(address), ttl: Number(values.ttl), mySub, theirSub };
}

function usage(): never {
  process.stderr.write('usage: node examples/dist/chat.js ME THEM [--gateway URL] [--issuer URL] [--ttl SECONDS]\n');
  process.exit(2);
}

/** `npm start` runs the issuer ten ports above the gateway. */
function issuerOf(address: string): string {
  const url = new URL(address);
  url.port = String(Number(url.port) + 10);
  return url.origin;
}

function token(sub: string) {
  return fetchToken(sub, issuer, ttl);
}

async function printMessages({ messages }: Conversation): Promise<void> {
  for await (const { data, errors } of messages(live)) {
    if (data) print(data.messageAdded);
    else note(describeErrors(errors));
  }
}

function print({ sequence, body, sentAt, sender }: Message): void {
  const name = sender.id === me.id ? 'you' : them.displayName;
  process.stdout.write(`${String(sequence).padStart(4)} ${new Date(sentAt).toLocaleTimeString()} ${name}: ${body}\n`);
}

async function sendLines({ send }: Conversation): Promise<void> {
  for await (const line of createInterface({ input: process.stdin }))
    if (line.trim() !== '') await send(line).catch(({ message }: Error) => note(`not sent: ${message}`));
  await exit();
}

function describeStatus(status: LiveStatus): string {
  return status.state === 'interrupted' ? `${status.reason}; retrying in ${status.retryInMs} ms` : status.state;
}

function note(text: string): void {
  process.stderr.write(`     -- ${text}\n`);
}

async function exit(): Promise<void> {
  await live.close();
  process.exit(0);
}
