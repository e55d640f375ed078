import type { EntityManager } from 'typeorm';

/** Ends the references of jobs to a show that are not later than its deletion. */
export async function forgetShow(manager: EntityManager, slug: string, deletedAt: string): Promise<void> {
  await manager.query(forgetStatement, [slug, deletedAt]);
}

const forgetStatement = `update jobs set show_slug = null where show_slug = $1 and show_referenced_at <= $2`;
