import type { DataSource } from 'typeorm';
import { queryRows } from '../database/statements.js';
import { writeAs } from '../people/person-state-store.js';

/** Reads and writes the favourites of users. */
export function favoriteStore(source: DataSource) {
  return { add, remove, among };

  async function add(userId: string, profileId: string): Promise<void> {
    const statement = 'insert into favorites (user_id, profile_id) values ($1, $2) on conflict do nothing';
    await writeAs(source, userId, (manager) => manager.query(statement, [userId, profileId]));
  }

  async function remove(userId: string, profileId: string): Promise<void> {
    await source.query('delete from favorites where user_id = $1 and profile_id = $2', [userId, profileId]);
  }

  /** Returns the ids of those profiles that are favourites of the user. */
  async function among(userId: string, profiles: readonly string[]): Promise<string[]> {
    const statement = 'select profile_id as id from favorites where user_id = $1 and profile_id = any($2)';
    return (await queryRows<{ id: string }>(source, statement, [userId, profiles])).map(({ id }) => id);
  }
}
