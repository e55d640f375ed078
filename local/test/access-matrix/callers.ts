import { randomUUID } from 'node:crypto';
import { type Caller, guest } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import type { TestIssuer } from '../fixtures/test-issuer.js';
import { type GraphClient, createClient, type UserClient, createUser } from '../fixtures/graph-client.js';

/** Who asks, beside the owner of what they ask about. */
export interface Callers {
  guest: GraphClient;
  /** A freelancer without a profile, who has to do with nothing. */
  stranger: UserClient;
  /** A freelancer with an approved profile of their own. */
  other: UserClient;
  /** Somebody who hires, but did not post what is asked about. */
  hiring: UserClient;
  reviewer: UserClient;
  admin: UserClient;
  /** An admin whom another admin deactivated. */
  deactivated: GraphClient;
  /** Programs, by what their tokens let them do. */
  reads: GraphClient;
  writes: GraphClient;
  explores: GraphClient;
  unscoped: GraphClient;
}

export type CallerName = keyof Callers | 'owner';

/** As what the marks know those who are the same in every row. */
export const callerIdentities: Readonly<Record<Exclude<keyof Callers, 'deactivated'>, Caller>> = {
  guest,
  stranger: userCaller('FREELANCER'),
  other: userCaller('FREELANCER'),
  hiring: userCaller('HIRING_USER'),
  reviewer: userCaller('REVIEWER'),
  admin: userCaller('ADMIN'),
  reads: machineCaller('shows.read'),
  writes: machineCaller('shows.write'),
  explores: machineCaller('graph.explore'),
  unscoped: machineCaller(),
};

/** What a cast is made from. */
export interface CallerContext {
  url: string;
  users: TestService;
  tokens: TestIssuer;
}

/** New people and programs; the other freelancer has no profile yet. */
export async function createCallers(stage: CallerContext): Promise<Callers> {
  const { url, tokens } = stage;
  const admin = await createUser(url, 'ADMIN');
  const machine = async (...scopes: string[]) => createClient(url, await tokens.headers(...scopes));
  return {
    guest: createClient(url),
    stranger: await createUser(url, 'FREELANCER'),
    other: await createUser(url, 'FREELANCER'),
    hiring: await createUser(url, 'HIRING_USER'),
    reviewer: await createUser(url, 'REVIEWER'),
    admin,
    deactivated: await deactivated(stage, admin),
    reads: await machine('shows.read'),
    writes: await machine('shows.write'),
    explores: await machine('graph.explore'),
    unscoped: await machine(),
  };
}

/** The gateway remembers for a while that somebody was active, so it first hears of them afterwards. */
async function deactivated({ url, users }: CallerContext, admin: UserClient): Promise<GraphClient> {
  const sub = `sub-${randomUUID()}`;
  const document = 'query ($sub: String!) { principal(sub: $sub, role: "ADMIN") { id } }';
  const { data } = await users.request(document, { caller: { kind: 'gateway' }, variables: { sub } });
  await admin.mutate('setUserActive', { userId: data.principal.id, isActive: false });
  return createClient(url, { 'x-dev-user-id': sub });
}
