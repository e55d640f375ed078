import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from '../fleet/fleet.js';
import { sendRequest } from './graphql-request.js';
import type { Random } from './seeded-random.js';

/** The users and conversations of a drill. */
export interface DrillSetup {
  users: readonly DrillUser[];
  conversations: readonly Conversation[];
}

/** The number of users and conversations. */
export interface DrillSetupOptions {
  senders: number;
  conversations: number;
}

export interface DrillUser {
  sub: string;
  token: string;
}

export interface Conversation {
  id: string;
  participants: readonly DrillUser[];
}

/** Lifetime of a token in seconds, longer than any drill. */
const tokenSeconds = 3600;

/** Creates users and starts conversations; each user participates in at least one. */
export async function createDrillSetup(fleet: Fleet, options: DrillSetupOptions, random: Random): Promise<DrillSetup> {
  const subs = Array.from({ length: options.senders }, (_, index) => `drill-${index + 1}`);
  const users = await Promise.all(subs.map(async (sub) => ({ sub, token: await fleet.token(sub, tokenSeconds) })));
  const ids = new Map<DrillUser, string>();
  for (const user of users) ids.set(user, await idOf(fleet, user));
  const conversations: Conversation[] = [];
  for (let index = 0; index < options.conversations; index += 1) {
    const own = users.filter((_, at) => at % options.conversations === index);
    const others = random.shuffled(users).slice(0, random.between(2, Math.max(3, users.length / 2)));
    const participants = [...new Set([...own, ...others])];
    conversations.push({ id: await startConversation(fleet, participants, ids, `Drill ${index + 1}`), participants });
  }
  return { users, conversations };
}

async function idOf(fleet: Fleet, { token }: DrillUser): Promise<string> {
  const { me } = await retryUntilAnswered(() => sendRequest<{ me: { id: string } }>(fleet.url, token, '{ me { id } }'));
  return me.id;
}

async function startConversation(
  fleet: Fleet,
  [first, ...others]: readonly DrillUser[],
  ids: ReadonlyMap<DrillUser, string>,
  title: string,
): Promise<string> {
  const mutation = `mutation ($input: StartConversationInput!) {
    startConversation(input: $input) { conversation { id } }
  }`;
  const input = { participantIds: others.map((user) => ids.get(user)), title };
  const { startConversation } = await retryUntilAnswered(() =>
    sendRequest<{ startConversation: { conversation: { id: string } } }>(fleet.url, first?.token ?? '', mutation, {
      input,
    }),
  );
  return startConversation.conversation.id;
}

/** Retries a request before or after the failures, when transient errors are brief. */
export async function retryUntilAnswered<Data>(attempt: () => Promise<Data | undefined>): Promise<Data> {
  for (let left = 20; left > 0; left -= 1) {
    const data = await attempt();
    if (data !== undefined) return data;
    await wait(250);
  }
  throw new Error('The graph does not respond.');
}
