import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from '../fleet/fleet.js';
import { ask } from './ask.js';
import type { Random } from './random.js';

/** Who takes part, and in which conversations. */
export interface Population {
  people: readonly Person[];
  conversations: readonly Conversation[];
}

/** How many there are. */
export interface PopulationOptions {
  senders: number;
  conversations: number;
}

export interface Person {
  sub: string;
  token: string;
}

export interface Conversation {
  id: string;
  participants: readonly Person[];
}

/** Seconds: longer than any drill. */
const tokenSeconds = 3600;

/** Lets people in and starts their conversations; everybody is in one at least. */
export async function populate(fleet: Fleet, options: PopulationOptions, random: Random): Promise<Population> {
  const subs = Array.from({ length: options.senders }, (_, index) => `drill-${index + 1}`);
  const people = await Promise.all(subs.map(async (sub) => ({ sub, token: await fleet.token(sub, tokenSeconds) })));
  const ids = new Map<Person, string>();
  for (const person of people) ids.set(person, await idOf(fleet, person));
  const conversations: Conversation[] = [];
  for (let index = 0; index < options.conversations; index += 1) {
    const own = people.filter((_, at) => at % options.conversations === index);
    const others = random.shuffled(people).slice(0, random.between(2, Math.max(3, people.length / 2)));
    const participants = [...new Set([...own, ...others])];
    conversations.push({ id: await begin(fleet, participants, ids, `Drill ${index + 1}`), participants });
  }
  return { people, conversations };
}

async function idOf(fleet: Fleet, { token }: Person): Promise<string> {
  const { me } = await surely(() => ask<{ me: { id: string } }>(fleet.url, token, '{ me { id } }'));
  return me.id;
}

async function begin(
  fleet: Fleet,
  [first, ...others]: readonly Person[],
  ids: ReadonlyMap<Person, string>,
  title: string,
): Promise<string> {
  const starting = `mutation ($input: StartConversationInput!) {
    startConversation(input: $input) { conversation { id } }
  }`;
  const input = { participantIds: others.map((person) => ids.get(person)), title };
  const { startConversation } = await surely(() =>
    ask<{ startConversation: { conversation: { id: string } } }>(fleet.url, first?.token ?? '', starting, { input }),
  );
  return startConversation.conversation.id;
}

/** Before the drill and after it nothing is in the way for long. */
export async function surely<Data>(attempt: () => Promise<Data | undefined>): Promise<Data> {
  for (let left = 20; left > 0; left -= 1) {
    const data = await attempt();
    if (data !== undefined) return data;
    await wait(250);
  }
  throw new Error('The graph does not answer.');
}
