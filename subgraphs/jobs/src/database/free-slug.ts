import type { EntityManager } from 'typeorm';
import { slugsFor } from '../input/slug.js';
import { rows } from './statements.js';

/** The tables whose rows are addressed by a name. */
type Named = 'freelancer_profiles' | 'book_covers';

/**
 * The best slug for a base that no row has. Holds a lock until the end of the transaction, so that nobody else takes
 * what was found free.
 */
export async function freeSlug(manager: EntityManager, table: Named, base: string): Promise<string> {
  await manager.query(`select pg_advisory_xact_lock(hashtextextended(current_schema() || $1, 0))`, [` slug ${table}`]);
  const taken = await rows<{ slug: string }>(
    manager,
    `select slug from ${table} where slug = $1 or slug ^@ ($1 || '-')`,
    [base],
  );
  const [slug = base] = slugsFor(base, new Set(taken.map((row) => row.slug)));
  return slug;
}
