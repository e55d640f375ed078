import { randomUUID } from 'node:crypto';
import { type Caller, guest } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import type { TestIssuer } from '../fixtures/test-issuer.js';
import { type GraphClient, createClient, type UserClient, createUser } from '../fixtures/graph-client.js';

/** The callers of the matrix, other than the owner of the subject. */
export interface Callers {
  guest: GraphClient;
  /** A freelancer without a profile and without relation to the subject. */
  unrelated: UserClient;
  /** Another freelancer with an approved profile. */
  other: UserClient;
  /** A hiring user that is not the poster of the subject. */
  hiring: UserClient;
  reviewer: UserClient;
  admin: UserClient;
  /** An admin that another admin has deactivated. */
  deactivated: GraphClient;
  /** Machine clients, by the scopes of their tokens. */
  reads: GraphClient;
  writes: GraphClient;
  explores: GraphClient;
  hooks: GraphClient;
  unscoped: GraphClient;
}

export type CallerName = keyof Callers | 'owner';

/** The identities of the fixed callers, for the authorization directives. */
export const callerIdentities: Readonly<Record<Exclude<keyof Callers, 'deactivated'>, Caller>> = {
  guest,
  unrelated: userCaller('FREELANCER'),
  other: userCaller('FREELANCER'),
  hiring: userCaller('HIRING_USER'),
  reviewer: userCaller('REVIEWER'),
  admin: userCaller('ADMIN'),
  reads: machineCaller('shows.read'),
  writes: machineCaller('shows.write'),
  explores: machineCaller('graph.explore'),
  hooks: machineCaller('webhooks.manage'),
  unscoped: machineCaller(),
};

/** The resources from which callers are created. */
export interface CallerContext {
  url: string;
  users: TestService;
  tokens: TestIssuer;
}

/** Creates users and machine clients; the other freelancer has no profile yet. */
export async function createCallers(context: CallerContext): Promise<Callers> {
  const { url, tokens } = context;
  const admin = await createUser(url, 'ADMIN');
  const machine = async (...scopes: string[]) => createClient(url, await tokens.headers(...scopes));
  return {
    guest: createClient(url),
    unrelated: await createUser(url, 'FREELANCER'),
    other: await createUser(url, 'FREELANCER'),
    hiring: await createUser(url, 'HIRING_USER'),
    reviewer: await createUser(url, 'REVIEWER'),
    admin,
    deactivated: await deactivated(context, admin),
    reads: await machine('shows.read'),
    writes: await machine('shows.write'),
    explores: await machine('graph.explore'),
    hooks: await machine('webhooks.manage'),
    unscoped: await machine(),
  };
}

/** The gateway caches principals, so the user is created and deactivated before its first request to the gateway. */
async function deactivated({ url, users }: CallerContext, admin: UserClient): Promise<GraphClient> {
  const sub = `sub-${randomUUID()}`;
  const document = 'query ($sub: String!) { principal(sub: $sub, role: "ADMIN") { id } }';
  const { data } = await users.request(document, { caller: { kind: 'gateway' }, variables: { sub } });
  await admin.mutate('setUserActive', { userId: data.principal.id, isActive: false });
  return createClient(url, { 'x-dev-user-id': sub });
}
