import { randomUUID } from 'node:crypto';
import { type Caller, guest, roles, type UserCaller } from '@marquee/chassis/identity/caller';
import type { Closers } from '@marquee/chassis/process/closers';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { mutation } from '../fixtures/graph-client.js';
import { startGraph, type WholeGraph } from '../fixtures/whole-graph.js';

/** The services, with somebody of every kind who asks them and one of each thing that can be named by its key. */
export interface AuthorizationContext {
  services: WholeGraph['services'];
  callers: ReadonlyMap<string, Caller>;
  /** Who made the things. */
  maker: UserCaller;
  /** Keys of entities, by the service and the name of their type. */
  keys: Readonly<Record<string, object>>;
}

export async function openAuthorizationContext(closers: Closers): Promise<AuthorizationContext> {
  const { services } = await startGraph(closers, { messaging: true });
  const users = services['users']!;
  const people = await Promise.all(roles.map(async (role) => [role, await createCaller(users, role)] as const));
  const maker = await createCaller(users, 'FREELANCER');
  const machines = [[], ['shows.read'], ['shows.write'], ['graph.explore']].map(
    (scopes) => [`a machine with ${scopes.join() || 'no scope'}`, machineCaller(...scopes)] as const,
  );
  const admin = people.find(([role]) => role === 'ADMIN')![1];
  return {
    services,
    callers: new Map<string, Caller>([['a guest', guest], ...people, ...machines]),
    maker,
    keys: await createEntities(services, maker, admin),
  };
}

/** The service looks whether who writes is somebody. */
async function createCaller(users: TestService, role: UserCaller['role']): Promise<UserCaller> {
  const sub = `sub-${randomUUID()}`;
  const document = 'query ($sub: String!, $role: String!) { principal(sub: $sub, role: $role) { id } }';
  const { data } = await users.request(document, { caller: { kind: 'gateway' }, variables: { sub, role } });
  return { ...userCaller(role, data.principal.id), sub };
}

async function createEntities(
  { jobs, messaging, shows }: AuthorizationContext['services'],
  maker: UserCaller,
  admin: UserCaller,
) {
  const slug = 'show/rights';
  await mutate(shows, admin, 'importShows', { payload: [{ slug, title: 'Rights' }] }, 'results { __typename }');
  const { profile } = await mutate(jobs, maker, 'saveFreelancerProfile', { name: 'Ana Quill' }, 'profile { id }');
  const { folder } = await mutate(jobs, maker, 'createFolder', { name: 'Good ones' }, 'folder { id }');
  const beginning = { participantIds: [admin.id], firstMessage: 'Salt.' };
  const { conversation } = await mutate(
    messaging,
    maker,
    'startConversation',
    beginning,
    'conversation { id lastMessage { id } }',
  );
  return {
    'users User': { id: maker.id },
    'jobs FreelancerProfile': { id: profile.id },
    'jobs Folder': { id: folder.id },
    'messaging Conversation': { id: conversation.id },
    'messaging Message': { id: conversation.lastMessage.id },
    'shows Show': { slug },
  };
}

async function mutate(service: TestService | undefined, caller: UserCaller, name: string, input: object, what: string) {
  const { data, errors } = await service!.request(mutation(name, what), { caller, variables: { input } });
  if (errors.length > 0) throw new Error(`${name}: ${JSON.stringify(errors)}`);
  return data[name];
}
