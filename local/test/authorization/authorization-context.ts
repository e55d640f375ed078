import { randomUUID } from 'node:crypto';
import { type Caller, guest, roles, type UserCaller } from '@marquee/chassis/identity/caller';
import type { Closers } from '@marquee/chassis/process/closers';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { mutation } from '../fixtures/graph-client.js';
import { startGraph, type WholeGraph } from '../fixtures/whole-graph.js';

/** The services, a caller of each kind, and one entity of each type with a key. */
export interface AuthorizationContext {
  services: WholeGraph['services'];
  callers: ReadonlyMap<string, Caller>;
  /** The owner of the entities. */
  owner: UserCaller;
  /** Keys of the entities by `service Type`. */
  keys: Readonly<Record<string, object>>;
}

export async function openAuthorizationContext(closers: Closers): Promise<AuthorizationContext> {
  const { services } = await startGraph(closers, { messaging: true });
  const users = services['users']!;
  const people = await Promise.all(roles.map(async (role) => [role, await createCaller(users, role)] as const));
  const owner = await createCaller(users, 'FREELANCER');
  const machines = [[], ['shows.read'], ['shows.write'], ['graph.explore'], ['webhooks.manage']].map(
    (scopes) => [`a machine with ${scopes.join() || 'no scope'}`, machineCaller(...scopes)] as const,
  );
  const admin = people.find(([role]) => role === 'ADMIN')![1];
  return {
    services,
    callers: new Map<string, Caller>([['a guest', guest], ...people, ...machines]),
    owner,
    keys: await createEntities(services, owner, admin),
  };
}

/** Creates the user in the users service, which checks that authors exist. */
async function createCaller(users: TestService, role: UserCaller['role']): Promise<UserCaller> {
  const sub = `sub-${randomUUID()}`;
  const document = 'query ($sub: String!, $role: String!) { principal(sub: $sub, role: $role) { id } }';
  const { data } = await users.request(document, { caller: { kind: 'gateway' }, variables: { sub, role } });
  return { ...userCaller(role, data.principal.id), sub };
}

async function createEntities(
  { users, jobs, messaging, shows }: AuthorizationContext['services'],
  owner: UserCaller,
  admin: UserCaller,
) {
  const slug = 'show/rights';
  await mutate(shows, admin, 'importShows', { payload: [{ slug, title: 'Rights' }] }, 'results { __typename }');
  const { profile } = await mutate(jobs, owner, 'saveFreelancerProfile', { name: 'Ana Quill' }, 'profile { id }');
  const { folder } = await mutate(jobs, owner, 'createFolder', { name: 'Good ones' }, 'folder { id }');
  const input = { participantIds: [admin.id], firstMessage: 'Salt.' };
  const { conversation } = await mutate(
    messaging,
    owner,
    'startConversation',
    input,
    'conversation { id lastMessage { id } }',
  );
  const { export: started } = await mutate(users, owner, 'exportMyData', {}, 'export { id }');
  const dataExport = { id: started.id };
  return {
    'users DataExport': dataExport,
    'jobs DataExport': dataExport,
    'messaging DataExport': dataExport,
    'shows DataExport': dataExport,
    'users User': { id: owner.id },
    'jobs FreelancerProfile': { id: profile.id },
    'jobs Folder': { id: folder.id },
    'messaging Conversation': { id: conversation.id },
    'messaging Message': { id: conversation.lastMessage.id },
    'shows Show': { slug },
  };
}

async function mutate(
  service: TestService | undefined,
  caller: UserCaller,
  name: string,
  input: object,
  selection: string,
) {
  const { data, errors } = await service!.request(mutation(name, selection), { caller, variables: { input } });
  if (errors.length > 0) throw new Error(`${name}: ${JSON.stringify(errors)}`);
  return data[name];
}
