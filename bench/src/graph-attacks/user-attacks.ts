import { randomUUID } from 'node:crypto';
import type { Outcomes } from '@marquee/testkit/floods/flood';
import { type AttackClient, type Attacker, openAttackClient, repeatRequests } from './attack-client.js';

/** The sub of the user that attacks, and the one of the user that the attacks aim at. */
export const attackerSub = 'attacker-001';
export const victimSub = 'dev-hiring-001';
/** The sub of a hiring user whose rates are not those of a regular user. */
export const hiringSub = 'bench-3';
/** The sub of a user that becomes an admin and loses the role. */
export const demotedSub = 'demoted-001';

const address = '127.0.1.4';

/** A user that refers to people, jobs, folders and profiles that do not exist, in conversations and folders of others. */
export async function missingReferences(attacker: Attacker): Promise<Outcomes> {
  const [attacking, victim] = clientsOf(attacker, attackerSub, victimSub);
  const victimId = await idOf(victim);
  const outcomes = await repeatRequests(attacker, 4, async (turn) => {
    const write = danglingWrites[turn % danglingWrites.length]?.(victimId);
    return (await attacking.send(write?.document ?? '', { variables: { input: write?.input } })).outcome;
  });
  await Promise.all([attacking.close(), victim.close()]);
  return outcomes;
}

interface Write {
  document: string;
  input: object;
}

const danglingWrites: readonly ((victimId: string) => Write)[] = [
  (victimId) => write('startConversation', { participantIds: [victimId, randomUUID()], title: 'a', firstMessage: 'b' }),
  (victimId) => write('startConversation', { participantIds: [victimId], jobId: randomUUID(), firstMessage: 'b' }),
  (victimId) => write('createFolder', { name: 'a', privacy: 'SHARED_USERS', sharedWithIds: [victimId, randomUUID()] }),
  () => write('setFavorite', { profileId: randomUUID(), favorite: true }),
  () => write('saveProposal', { jobId: randomUUID(), pitch: 'a' }),
  () => write('updateProfile', { avatarId: randomUUID() }),
  () => write('replyToActivity', { activityId: randomUUID(), message: 'a' }),
];

/** A user that posts, likes, starts conversations and requests uploads without pause. */
export async function floodedQuotas(attacker: Attacker): Promise<Outcomes> {
  const [flooding, victim] = clientsOf(attacker, attackerSub, victimSub);
  const { data } = await flooding.send('{ feed(first: 100) { edges { node { id } } } }');
  const posts = (data as { feed: { edges: { node: { id: string } }[] } }).feed.edges.map(({ node }) => node.id);
  const victimId = await idOf(victim);
  const outcomes = await repeatRequests(attacker, 8, async (turn) => {
    const [name, action] = floodedActions[turn % floodedActions.length] ?? ['', undefined];
    const request = action?.(turn, { victimId, postId: posts[turn % posts.length] ?? '' });
    const { outcome } = await flooding.send(request?.document ?? '', { variables: { input: request?.input } });
    return outcome === 'ok' ? `${name} ok` : outcome;
  });
  await Promise.all([flooding.close(), victim.close()]);
  return outcomes;
}

interface FloodTargets {
  victimId: string;
  postId: string;
}

const floodedActions: readonly (readonly [string, (turn: number, targets: FloodTargets) => Write])[] = [
  ['post', (turn) => write('postActivity', { message: `post ${turn}` })],
  ['like', (turn, { postId }) => write('setActivityLike', { activityId: postId, liked: turn % 8 < 4 })],
  ['conversation', (_, { victimId }) => write('startConversation', { participantIds: [victimId], title: 'a' })],
  ['upload', () => write('createUpload', { purpose: 'AVATAR', contentType: 'image/png', bytes: 1000 })],
];

/** A user that was an admin until now and makes themselves an admin again, or deactivates others. */
export async function demotedAdmin(attacker: Attacker): Promise<Outcomes> {
  const [admin, demoted, victim] = clientsOf(attacker, 'dev-admin-001', demotedSub, victimSub);
  const [userId, victimId] = await Promise.all([idOf(demoted), idOf(victim)]);
  await demand(admin, write('setUserRole', { userId, role: 'ADMIN' }));
  await idOf(demoted);
  await demand(admin, write('setUserRole', { userId, role: 'FREELANCER' }));
  const attempts = [
    write('setUserRole', { userId, role: 'ADMIN' }),
    write('setUserActive', { userId: victimId, isActive: false }),
    write('setUserVerified', { userId, verified: true }),
  ];
  const outcomes = await repeatRequests(attacker, 4, async (turn) => {
    const { document = '', input } = attempts[turn % attempts.length] ?? {};
    return (await demoted.send(document, { variables: { input } })).outcome;
  });
  await Promise.all([admin.close(), demoted.close(), victim.close()]);
  return outcomes;
}

/** A mutation in the form of all mutations of the graph: one input, one payload. */
function write(name: string, input: object): Write {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  return { document: `mutation ($input: ${type}) { ${name}(input: $input) { __typename } }`, input };
}

async function demand(client: AttackClient, { document, input }: Write): Promise<void> {
  const { outcome } = await client.send(document, { variables: { input } });
  if (outcome !== 'ok') throw new Error(`${document}: ${outcome}`);
}

function clientsOf({ url, tokens }: Attacker, ...subs: string[]): [AttackClient, AttackClient, AttackClient] {
  return subs.map((sub) => openAttackClient(url, address, tokens[sub])) as [AttackClient, AttackClient, AttackClient];
}

async function idOf(client: AttackClient): Promise<string> {
  const { outcome, data } = await client.send('{ me { id } }');
  if (outcome !== 'ok') throw new Error(`{ me { id } }: ${outcome}`);
  return (data as { me: { id: string } }).me.id;
}
