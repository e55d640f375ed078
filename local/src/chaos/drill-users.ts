import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from '../fleet/fleet.js';
import { type Credentials, sendRequest } from './graphql-request.js';
import type { Random } from '@marquee/testkit/seeded-random';

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
  id: string;
  token: string;
}

export interface Conversation {
  id: string;
  participants: readonly DrillUser[];
}

/** A user with the role ADMIN. */
export const admin: Credentials = { 'x-dev-user-id': 'drill-admin', 'x-dev-role': 'ADMIN' };

/** Lifetime of a token in seconds, longer than any drill. */
const tokenSeconds = 3600;

/** The number of users that are created at the same time. */
const batchSize = 10;

/**
 * Creates users with names of their own and starts conversations about a published job each; each user participates in at
 * least one.
 */
export async function createDrillSetup(fleet: Fleet, options: DrillSetupOptions, random: Random): Promise<DrillSetup> {
  const users = await createDrillUsers(fleet, options.senders);
  const conversations: Conversation[] = [];
  for (let index = 0; index < options.conversations; index += 1) {
    const own = users.filter((_, at) => at % options.conversations === index);
    const others = random.shuffled(users).slice(0, random.between(2, Math.max(3, users.length / 2)));
    const participants = [...new Set([...own, ...others])];
    conversations.push(await startConversation(fleet, participants, `Drill ${index + 1}`));
  }
  return { users, conversations };
}

/** The name of a user, which the users service completes. */
export function displayNameOf(sub: string): string {
  return `Name of ${sub}`;
}

export async function createDrillUsers(fleet: Fleet, count: number): Promise<DrillUser[]> {
  const users: DrillUser[] = [];
  for (let first = 1; first <= count; first += batchSize) {
    const numbers = Array.from({ length: Math.min(batchSize, count - first + 1) }, (_, index) => first + index);
    users.push(...(await Promise.all(numbers.map((number) => createUser(fleet, `drill-${number}`)))));
  }
  return users;
}

async function createUser(fleet: Fleet, sub: string): Promise<DrillUser> {
  const token = await fleet.token(sub, tokenSeconds);
  const mutation = 'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { id } } }';
  const input = { displayName: displayNameOf(sub) };
  const { updateProfile } = await request<{ updateProfile: { user: { id: string } } }>(fleet, token, mutation, {
    input,
  });
  return { sub, id: updateProfile.user.id, token };
}

/** Starts a group about a new job, which has the same title if the fleet has a jobs service. */
export async function startConversation(
  fleet: Fleet,
  participants: readonly DrillUser[],
  title: string,
): Promise<Conversation> {
  const [first, ...others] = participants;
  const mutation = `mutation ($input: StartConversationInput!) {
    startConversation(input: $input) { conversation { id } }
  }`;
  const jobId = fleet.groups.has('jobs') ? await publishJob(fleet, title) : undefined;
  const input = { participantIds: others.map(({ id }) => id), title, jobId };
  const { startConversation } = await request<{ startConversation: { conversation: { id: string } } }>(
    fleet,
    first?.token ?? '',
    mutation,
    { input },
  );
  return { id: startConversation.conversation.id, participants };
}

async function publishJob(fleet: Fleet, title: string): Promise<string> {
  const draft = { title, summary: 'A drill.', projectTypeId: await projectType(fleet) };
  const { draftJob } = await request<{ draftJob: { job: { id: string } } }>(fleet, admin, draftMutation, {
    input: draft,
  });
  const jobId = draftJob.job.id;
  for (const action of ['SUBMIT', 'APPROVE']) await request(fleet, admin, actMutation, { input: { jobId, action } });
  return jobId;
}

/** The first project type, which is created if it is missing. */
export async function projectType(fleet: Fleet): Promise<string> {
  const query = '{ taxonomy(category: PROJECT_TYPE) { id } }';
  const { taxonomy } = await request<{ taxonomy: { id: string }[] }>(fleet, admin, query);
  if (taxonomy[0]) return taxonomy[0].id;
  const mutation = 'mutation ($input: SaveTaxonomyTermInput!) { saveTaxonomyTerm(input: $input) { term { id } } }';
  const input = { category: 'PROJECT_TYPE', label: 'Drill' };
  const { saveTaxonomyTerm } = await request<{ saveTaxonomyTerm: { term: { id: string } } }>(fleet, admin, mutation, {
    input,
  });
  return saveTaxonomyTerm.term.id;
}

const draftMutation = 'mutation ($input: DraftJobInput!) { draftJob(input: $input) { job { id } } }';

const actMutation = 'mutation ($input: ActOnJobInput!) { actOnJob(input: $input) { job { status } } }';

/** Sends an operation before or after the failures. */
function request<Data>(fleet: Fleet, credentials: Credentials, query: string, variables?: object): Promise<Data> {
  return retryUntilAnswered(() => sendRequest<Data>(fleet.url, credentials, query, variables));
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
