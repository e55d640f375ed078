import { randomUUID } from 'node:crypto';
import { type Caller, guest } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/service';
import type { MachineTokens } from '../fixtures/machine-tokens.js';
import { type Client, client, type Person, person } from '../fixtures/person.js';

/** Who asks, beside the owner of what they ask about. */
export interface Cast {
  guest: Client;
  /** A freelancer without a profile, who has to do with nothing. */
  stranger: Person;
  /** A freelancer with an approved profile of their own. */
  other: Person;
  /** Somebody who hires, but did not post what is asked about. */
  hiring: Person;
  reviewer: Person;
  admin: Person;
  /** An admin whom another admin deactivated. */
  deactivated: Client;
  /** Programs, by what their tokens let them do. */
  reads: Client;
  writes: Client;
  explores: Client;
  unscoped: Client;
}

export type CallerName = keyof Cast | 'owner';

/** As what the marks know those who are the same in every row. */
export const kinds: Readonly<Record<Exclude<keyof Cast, 'deactivated'>, Caller>> = {
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
export interface Stage {
  url: string;
  users: TestService;
  tokens: MachineTokens;
}

/** New people and programs; the other freelancer has no profile yet. */
export async function openCast(stage: Stage): Promise<Cast> {
  const { url, tokens } = stage;
  const admin = await person(url, 'ADMIN');
  const machine = async (...scopes: string[]) => client(url, await tokens.headers(...scopes));
  return {
    guest: client(url),
    stranger: await person(url, 'FREELANCER'),
    other: await person(url, 'FREELANCER'),
    hiring: await person(url, 'HIRING_USER'),
    reviewer: await person(url, 'REVIEWER'),
    admin,
    deactivated: await deactivated(stage, admin),
    reads: await machine('shows.read'),
    writes: await machine('shows.write'),
    explores: await machine('graph.explore'),
    unscoped: await machine(),
  };
}

/** The gateway remembers for a while that somebody was active, so it first hears of them afterwards. */
async function deactivated({ url, users }: Stage, admin: Person): Promise<Client> {
  const sub = `sub-${randomUUID()}`;
  const document = 'query ($sub: String!) { principal(sub: $sub, role: "ADMIN") { id } }';
  const { data } = await users.ask(document, { caller: { kind: 'gateway' }, variables: { sub } });
  await admin.mutate('setUserActive', { userId: data.principal.id, isActive: false });
  return client(url, { 'x-dev-user-id': sub });
}
