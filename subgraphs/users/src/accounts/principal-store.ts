import { fold } from '@marquee/chassis/input/fold';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import type { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { queryRows } from '../database/statements.js';
import type { Principal } from './principal-model.js';
import type { Subject } from './principal-rules.js';

/** New users of one call that are created at the same time. */
const concurrency = 4;

/** Maps subjects of tokens to users. */
export function principalStore(source: DataSource) {
  return { findOrCreate };

  /**
   * The principals of these subjects, or the error of a subject, in their order. One statement for all known subjects. A new
   * user is created once, for any number of concurrent first requests.
   */
  async function findOrCreate(subjects: readonly Subject[]): Promise<(Principal | Error)[]> {
    const known = await find(subjects);
    return mapWithConcurrency(subjects, concurrency, async (subject) => {
      const principal = known.get(subject.sub);
      return principal ?? createUser(subject).catch((failure: unknown) => failure as Error);
    });
  }

  async function createUser(subject: Subject): Promise<Principal> {
    for (const handle of subject.handles) {
      const principal = (await create(subject, handle)) ?? (await find([subject])).get(subject.sub);
      if (principal) return principal;
    }
    throw new Error('Every suggested handle is taken.');
  }

  async function find(subjects: readonly Subject[]): Promise<Map<string, Principal>> {
    const values = [subjects.map(({ sub }) => sub), subjects.map(({ email }) => email)];
    const rows = await queryRows<Principal & { sub: string }>(source, findStatement, values);
    return new Map(rows.map(({ sub, ...principal }) => [sub, principal]));
  }

  /** Returns undefined if the handle is taken, or if a concurrent request has created the same subject. */
  async function create({ sub, email, name, role }: Subject, handle: string): Promise<Principal | undefined> {
    const displayName = name ?? handle;
    const values = [v7(), sub, email, handle, displayName, fold(displayName), role];
    const [principal] = await queryRows<Principal>(source, createStatement, values);
    return principal;
  }
}

/**
 * Records the visits at most once a minute, and adopts emails that have changed at the identity provider. A row that is
 * locked is left to a later lookup: a lookup neither waits for a change of one account nor deadlocks with another lookup.
 */
const findStatement = `
  with subjects as (
    select * from unnest($1::text[], $2::text[]) as subjects (sub, email)
  ), due as (
    select users.id, coalesce(subjects.email, users.email) as email from users join subjects using (sub)
    where users.is_active and (
      users.last_seen_at is null or users.last_seen_at < now() - interval '1 minute'
      or users.email is distinct from coalesce(subjects.email, users.email)
    )
    for update of users skip locked
  ), visit as (
    update users set last_seen_at = now(), email = due.email from due where users.id = due.id
  )
  select sub, id, role, is_active as "isActive" from users where sub = any($1)`;

const createStatement = `
  insert into users (id, sub, email, handle, display_name, folded_name, role, last_seen_at)
  values ($1, $2, $3, $4, $5, $6, $7, now())
  on conflict do nothing
  returning id, role, is_active as "isActive"`;
