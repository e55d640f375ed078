import { fold } from '@marquee/chassis/input/fold';
import type { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import type { Principal } from './principal-model.js';
import type { Subject } from './principal-rules.js';
import { rows } from '../database/statements.js';

/** Turns subjects of tokens into people. */
export function principalStore(source: DataSource) {
  return { findOrCreate };

  /** One statement for somebody known. A newcomer is made once, however many of their first requests come together. */
  async function findOrCreate(subject: Subject): Promise<Principal> {
    const known = await seen(subject);
    if (known) return known;
    for (const handle of subject.handles) {
      const person = (await register(subject, handle)) ?? (await seen(subject));
      if (person) return person;
    }
    throw new Error('Every handle that was tried is taken.');
  }

  async function seen({ sub, email }: Subject): Promise<Principal | undefined> {
    const [known] = await rows<Principal>(source, knownStatement, [sub, email]);
    return known;
  }

  /** Nothing when the handle is taken, or when somebody else has just registered the same subject. */
  async function register({ sub, email, name, role }: Subject, handle: string): Promise<Principal | undefined> {
    const displayName = name ?? handle;
    const values = [v7(), sub, email, handle, displayName, fold(displayName), role];
    const [fresh] = await rows<Principal>(source, registerStatement, values);
    return fresh;
  }
}

/** The visit is noted once a minute at the most, and an email that changed at the issuer is taken over. */
const knownStatement = `
  with visit as (
    update users set last_seen_at = now(), email = coalesce($2, email)
    where sub = $1 and is_active
      and (last_seen_at is null or last_seen_at < now() - interval '1 minute' or email is distinct from coalesce($2, email))
  )
  select id, role, is_active as "isActive" from users where sub = $1`;

const registerStatement = `
  insert into users (id, sub, email, handle, display_name, folded_name, role, last_seen_at)
  values ($1, $2, $3, $4, $5, $6, $7, now())
  on conflict do nothing
  returning id, role, is_active as "isActive"`;
