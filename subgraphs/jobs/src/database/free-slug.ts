import type { EntityManager } from 'typeorm';
import { slugCandidates } from '../input/slug.js';
import { queryRows } from './statements.js';

type SluggedTable = 'freelancer_profiles' | 'book_covers';

/**
 * Returns the first candidate for a slug that no row of the table has. Holds an advisory lock until the end of the
 * transaction, so that no concurrent transaction takes the same slug.
 */
export async function findFreeSlug(manager: EntityManager, table: SluggedTable, base: string): Promise<string> {
  await manager.query(`select pg_advisory_xact_lock(hashtextextended(current_schema() || $1, 0))`, [` slug ${table}`]);
  const taken = await queryRows<{ slug: string }>(
    manager,
    `select slug from ${table} where slug = $1 or slug ^@ ($1 || '-')`,
    [base],
  );
  const [slug = base] = slugCandidates(base, new Set(taken.map((row) => row.slug)));
  return slug;
}
