import { fold } from '@marquee/chassis/input/fold';
import type { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { queryRows } from '../database/statements.js';
import type { Principal } from './principal-model.js';
import type { Subject } from './principal-rules.js';

/** Maps subjects of tokens to users. */
export function principalStore(source: DataSource) {
  return { findOrCreate };

  /** One statement for a known subject. A new user is created once, for any number of concurrent first requests. */
  async function findOrCreate(subject: Subject): Promise<Principal> {
    const known = await find(subject);
    if (known) return known;
    for (const handle of subject.handles) {
      const principal = (await create(subject, handle)) ?? (await find(subject));
      if (principal) return principal;
    }
    throw new Error('Every suggested handle is taken.');
  }

  async function find({ sub, email }: Subject): Promise<Principal | undefined> {
    const [principal] = await queryRows<Principal>(source, findStatement, [sub, email]);
    return principal;
  }

  /** Returns undefined if the handle is taken, or if a concurrent request has created the same subject. */
  async function create({ sub, email, name, role }: Subject, handle: string): Promise<Principal | undefined> {
    const displayName = name ?? handle;
    const values = [v7(), sub, email, handle, displayName, fold(displayName), role];
    const [principal] = await queryRows<Principal>(source, createStatement, values);
    return principal;
  }
}

/** Records the visit at most once a minute, and adopts an email that has changed at the identity provider. */
const findStatement = `
  with visit as (
    update users set last_seen_at = now(), email = coalesce($2, email)
    where sub = $1 and is_active
      and (last_seen_at is null or last_seen_at < now() - interval '1 minute' or email is distinct from coalesce($2, email))
  )
  select id, role, is_active as "isActive" from users where sub = $1`;

const createStatement = `
  insert into users (id, sub, email, handle, display_name, folded_name, role, last_seen_at)
  values ($1, $2, $3, $4, $5, $6, $7, now())
  on conflict do nothing
  returning id, role, is_active as "isActive"`;
