import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { userCaller } from '@marquee/testkit/callers';
import type { Listening } from '@marquee/testkit/live';
import { type Answer, startService, type TestService } from '@marquee/testkit/service';
import { freshTable } from '@marquee/testkit/stores';
import { service } from '../src/service.js';

/** The messaging service on a table of its own; the timer of its tails is slow, so that only hints make it quick. */
export function openMessaging(variables: Record<string, string> = {}): Promise<TestService> {
  return startService(service, { ...freshTable(), TAIL_SECONDS: '60', DRAIN_SECONDS: '0.1', ...variables });
}

export function people(count: number): UserCaller[] {
  return Array.from({ length: count }, () => userCaller());
}

/** Asks and answers with the data. @throws when there is an error */
export async function data(
  messaging: TestService,
  caller: Caller,
  document: string,
  variables: object = {},
): Promise<Answer['data']> {
  const answer = await messaging.ask(document, { caller, variables });
  if (answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

/** The code of the one error of an answer. */
export function codeOf({ errors }: Answer): unknown {
  return errors.length === 1 ? errors[0]?.extensions['code'] : errors;
}

const starting = `mutation ($input: StartConversationInput!) {
  startConversation(input: $input) { conversation { id kind title participants { id } job { id } lastMessage { body sequence } } }
}`;

export async function started(messaging: TestService, caller: Caller, input: object) {
  return (await data(messaging, caller, starting, { input })).startConversation.conversation as {
    id: string;
    kind: string;
    title: string | null;
    participants: { id: string }[];
    job: { id: string } | null;
    lastMessage: { body: string; sequence: number } | null;
  };
}

/** A GROUP of these, begun by the first; its id. */
export async function group(messaging: TestService, [first, ...others]: UserCaller[]): Promise<string> {
  const input = { title: 'Group', participantIds: others.map(({ id }) => id) };
  return (await started(messaging, first!, input)).id;
}

const sending = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id sequence body sentAt sender { id } conversation { id } } }
}`;

export interface SentMessage {
  id: string;
  sequence: number;
  body: string;
  sentAt: string;
  sender: { id: string };
  conversation: { id: string };
}

export function sendAsk(messaging: TestService, caller: Caller, input: object): Promise<Answer> {
  return messaging.ask(sending, { caller, variables: { input } });
}

export async function sent(
  messaging: TestService,
  caller: Caller,
  conversationId: string,
  body: string,
  clientMessageId?: string,
): Promise<SentMessage> {
  const input = { conversationId, body, clientMessageId };
  return (await data(messaging, caller, sending, { input })).sendMessage.message as SentMessage;
}

interface Listed {
  messages: {
    edges: { node: { sequence: number } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}

/** Every message of a conversation, page by page. */
export async function sequences(messaging: TestService, caller: Caller, id: string): Promise<number[]> {
  const document = `query ($id: ID!, $after: String) {
    conversation(id: $id) { messages(first: 100, after: $after) { edges { node { sequence } } pageInfo { hasNextPage endCursor } } }
  }`;
  const all: number[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { messages } = (await data(messaging, caller, document, { id, after })).conversation as Listed;
    all.push(...messages.edges.map(({ node }) => node.sequence));
    [after, more] = [messages.pageInfo.endCursor, messages.pageInfo.hasNextPage];
  }
  return all;
}

export function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, at) => at + 1);
}

export const leaving = 'mutation ($id: ID!) { leaveConversation(input: { conversationId: $id }) { conversationId } }';

export const adding = `mutation ($id: ID!, $who: [ID!]!) {
  addParticipants(input: { conversationId: $id, participantIds: $who }) { conversation { participants { id } unreadCount } }
}`;

export const marking = `mutation ($id: ID!, $sequence: Int!) {
  markRead(input: { conversationId: $id, sequence: $sequence }) {
    conversation { unreadCount readReceipts { user { id } sequence readAt } }
  }
}`;

const added = `subscription ($id: ID!, $after: Int) { messageAdded(conversationId: $id, after: $after) { sequence body } }`;

export function listenTo(messaging: TestService, caller: Caller, id: string, after?: number): Promise<Listening> {
  return messaging.listen(added, { caller, variables: { id, after } });
}

/** The sequences of the next results. */
export async function heard(listening: Listening, count: number): Promise<number[]> {
  const all: number[] = [];
  while (all.length < count) {
    const { data: result, errors } = await listening.next();
    if (errors) throw new Error(JSON.stringify(errors));
    all.push((result as { messageAdded: { sequence: number } }).messageAdded.sequence);
  }
  return all;
}
