/**
 * A conversation of two people in a terminal: prints its messages and sends the lines that are typed, until Ctrl-C.
 *
 *   node examples/chat.mjs dev-freelancer-001 dev-hiring-001
 *
 * The first is who types, the second whom they talk to. It takes tokens from the local issuer of `npm start`, and goes on
 * through restarts of the gateway: nothing is lost, nothing is printed or sent twice.
 * It is plain JavaScript, so that Node runs it as it is.
 */
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openLive, pauseBefore } from './live-client.mjs';

/** Messages of before that are printed at the beginning. */
const remembered = 10;

/** Attempts to send one line. */
const mostAttempts = 20;

const { gateway, issuer, ttl, people } = readArguments();
const [mySub, theirSub] = people;
const [me, them] = [await personOf(mySub), await personOf(theirSub)];
const conversation = await converse();
const live = openLive({ url: `${gateway.replace(/^http/, 'ws')}/graphql`, token: () => tokenOf(mySub), told: note });

process.on('SIGINT', () => void leave());
note(`${me.displayName} talks to ${them.displayName}; Ctrl-C ends it`);
void sendLines();
await printMessages();

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { gateway: { type: 'string' }, issuer: { type: 'string' }, ttl: { type: 'string' } },
  });
  if (positionals.length !== 2) usage();
  const gateway = new URL(values.gateway ?? 'http://localhost:4000').origin;
  return { gateway, issuer: values.issuer ?? besides(gateway), ttl: values.ttl ?? '3600', people: positionals };
}

function usage() {
  process.stderr.write('usage: node examples/chat.mjs ME THEM [--gateway URL] [--issuer URL] [--ttl SECONDS]\n');
  process.exit(2);
}

/** `npm start` puts the issuer ten ports above the gateway. */
function besides(gateway) {
  const url = new URL(gateway);
  url.port = String(Number(url.port) + 10);
  return url.origin;
}

/** Only a local issuer hands out anybody's token. */
async function tokenOf(sub) {
  const response = await fetch(`${issuer}/token?user=${encodeURIComponent(sub)}&ttl=${ttl}`);
  if (!response.ok) throw new Error(`The issuer answered ${response.status}.`);
  const { access_token: value, expires_in: seconds } = await response.json();
  return { value, seconds };
}

async function personOf(sub) {
  return (await ask(sub, '{ me { id displayName } }')).me;
}

/** Finds the direct conversation of the two, or starts it. */
async function converse() {
  const starting = `mutation ($input: StartConversationInput!) {
    startConversation(input: $input) { conversation { id lastMessage { sequence } } }
  }`;
  return (await ask(mySub, starting, { input: { participantIds: [them.id] } })).startConversation.conversation;
}

async function printMessages() {
  const added = `subscription ($id: ID!, $after: Int) {
    messageAdded(conversationId: $id, after: $after) { sequence body sentAt sender { id } }
  }`;
  const first = Math.max(0, (conversation.lastMessage?.sequence ?? 0) - remembered);
  const variables = (cursor) => ({ id: conversation.id, after: cursor ?? first });
  for await (const { data, errors } of live.results(added, variables, ({ messageAdded }) => messageAdded.sequence)) {
    if (data) print(data.messageAdded);
    else note(describe(errors));
  }
}

function print({ sequence, body, sentAt, sender }) {
  const name = sender.id === me.id ? 'you' : them.displayName;
  process.stdout.write(`${String(sequence).padStart(4)} ${new Date(sentAt).toLocaleTimeString()} ${name}: ${body}\n`);
}

async function sendLines() {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== '') await send(line).catch(({ message }) => note(`not sent: ${message}`));
  }
  await leave();
}

/** Sent again under one id until there is an answer: the service makes one message of all attempts. */
async function send(body) {
  const sending = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }';
  const input = { conversationId: conversation.id, body, clientMessageId: randomUUID() };
  for (let failures = 0; ; failures += 1) {
    try {
      return await ask(mySub, sending, { input });
    } catch (failure) {
      if (!failure.isPassing || failures === mostAttempts) throw failure;
      await wait(pauseBefore(failures));
    }
  }
}

async function ask(sub, query, variables = {}) {
  const { value } = await tokenOf(sub);
  const response = await fetch(`${gateway}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${value}` },
    body: JSON.stringify({ query, variables }),
  }).catch((failure) => Promise.reject(refusal(failure.message, true)));
  if (response.status >= 502) throw refusal(`The gateway answered ${response.status}.`, true);
  const { data, errors } = await response.json();
  if (errors) throw refusal(describe(errors), errors[0].extensions?.code === 'UPSTREAM_UNAVAILABLE');
  return data;
}

function refusal(message, isPassing) {
  return Object.assign(new Error(message), { isPassing });
}

function describe(errors) {
  return errors.map(({ message, extensions }) => `${extensions?.code ?? 'ERROR'} ${message}`).join('; ');
}

function note(text) {
  process.stderr.write(`     -- ${text}\n`);
}

async function leave() {
  await live.close();
  process.exit(0);
}
