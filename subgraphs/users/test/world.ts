import { randomUUID } from 'node:crypto';
import type { Caller, Role, UserCaller } from '@marquee/chassis/identity/caller';
import { startService, type Answer, type TestService } from '@marquee/testkit/service';
import { freshSchema } from '@marquee/testkit/stores';
import { DataSource } from 'typeorm';
import { service } from '../src/service.js';
import { freshDirectory } from './media/directory.js';

/** The service on a schema of its own, with people in it. */
export interface World extends TestService {
  environment: Record<string, string>;
  /** Somebody new, known to the service as a sign-in makes them. */
  person(role?: Role, name?: string): Promise<UserCaller>;
  /** Posts and returns the id. */
  post(author: Caller, message: string, lifetime?: string): Promise<string>;
  reply(author: Caller, activityId: string, message?: string): Promise<string>;
  like(caller: Caller, activityId: string, liked?: boolean): Promise<Answer>;
  /** Looks into the database, or makes time pass in it. */
  sql<Row>(statement: string, parameters?: unknown[]): Promise<Row[]>;
  /** Stops the service alone; what it stored stays until `close`. */
  stop(): Promise<void>;
}

export async function openWorld(variables: Record<string, string> = {}): Promise<World> {
  const directory = await freshDirectory();
  const environment = { ...freshSchema(), ...directory.variables, ...variables };
  const running = await startService(service, environment);
  const database = await directly(environment);
  const stop = once(() => running.close());
  return {
    ...running,
    environment,
    person: (role = 'FREELANCER', name = 'Somebody New') => signIn(running, role, name),
    post: async (caller, message, lifetime = 'SEVEN_DAYS') => {
      const { data } = await running.ask(postActivity, { caller, variables: { input: { message, lifetime } } });
      return data.postActivity.activity.id;
    },
    reply: async (caller, activityId, message = 'Well said.') => {
      const { data } = await running.ask(replyToActivity, { caller, variables: { input: { activityId, message } } });
      return data.replyToActivity.activity.id;
    },
    like: (caller, activityId, liked = true) =>
      running.ask(setActivityLike, { caller, variables: { input: { activityId, liked } } }),
    sql: async (statement, parameters = []) => database.query(statement, parameters),
    stop,
    close: async () => {
      await database.destroy();
      await stop();
      await directory.remove();
    },
  };
}

export const gateway: Caller = { kind: 'gateway' };

/** The codes of an answer's errors. */
export function codes({ errors }: Answer): unknown[] {
  return errors.map(({ extensions }) => extensions['code']);
}

/** The fields that a BAD_USER_INPUT names. */
export function badPaths({ errors }: Answer): string[] {
  const fields = errors.flatMap(({ extensions }) => (extensions['fields'] as { path: string }[] | undefined) ?? []);
  return fields.map(({ path }) => path);
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= act());
}

async function signIn(running: TestService, role: Role, name: string): Promise<UserCaller> {
  const sub = `sub-${randomUUID()}`;
  const variables = { sub, name, role, email: `${sub}@example.com` };
  const { data } = await running.ask(principal, { caller: gateway, variables });
  return { kind: 'user', id: data.principal.id, sub, role, scopes: [] };
}

async function directly({ DATABASE_URL = '', DATABASE_SCHEMA }: Record<string, string>): Promise<DataSource> {
  const extra = { options: `-c search_path=${DATABASE_SCHEMA},public` };
  return new DataSource({ type: 'postgres', url: DATABASE_URL, installExtensions: false, extra }).initialize();
}

const principal = `query ($sub: String!, $email: String, $name: String, $role: String) {
  principal(sub: $sub, email: $email, name: $name, role: $role) { id role isActive }
}`;
const postActivity = `mutation ($input: PostActivityInput!) { postActivity(input: $input) { activity { id } } }`;
const replyToActivity = `mutation ($input: ReplyToActivityInput!) { replyToActivity(input: $input) { activity { id } } }`;
const setActivityLike = `mutation ($input: SetActivityLikeInput!) {
  setActivityLike(input: $input) { activity { id likeCount likedByMe } }
}`;
