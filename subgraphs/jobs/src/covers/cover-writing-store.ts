import { IsNull, type DataSource, type EntityManager } from 'typeorm';
import { v7, validate } from 'uuid';
import { BookCover, CoverContributor } from './cover-model.js';
import type { Contribution, CoverChange, NewCover } from './cover-rules.js';
import { toSlug } from '../input/slug.js';
import { findFreeSlug } from '../database/free-slug.js';

/** Writes covers together with their contributors. */
export function coverWritingStore(source: DataSource) {
  return { add, change, remove };

  async function add(values: NewCover, contributions: readonly Contribution[]): Promise<string> {
    return source.transaction(async (manager) => {
      const id = v7();
      const slug = await findFreeSlug(manager, 'book_covers', toSlug(values.title) ?? 'cover');
      await manager.insert(BookCover, { ...values, id, slug });
      await insertContributors(manager, id, contributions);
      return id;
    });
  }

  /** @param contributions replace the stored contributors; undefined keeps them */
  async function change(id: string, values: CoverChange, contributions?: readonly Contribution[]): Promise<void> {
    await source.transaction(async (manager) => {
      await manager.findOne(BookCover, { where: { id }, lock: { mode: 'for_no_key_update' } });
      if (Object.keys(values).length > 0) await manager.update(BookCover, { id, removedAt: IsNull() }, values);
      if (contributions === undefined) return;
      await manager.delete(CoverContributor, { coverId: id });
      await insertContributors(manager, id, contributions);
    });
  }

  /**
   * Marks a cover as removed. The row is kept, so that no other cover gets its slug.
   * @returns false if the cover does not exist or has already been removed
   */
  async function remove(id: string): Promise<boolean> {
    if (!validate(id)) return false;
    const { affected } = await source
      .getRepository(BookCover)
      .update({ id, removedAt: IsNull() }, { removedAt: new Date() });
    return affected === 1;
  }
}

async function insertContributors(
  manager: EntityManager,
  coverId: string,
  contributions: readonly Contribution[],
): Promise<void> {
  const contributors = contributions.map((contribution, position) => ({ ...contribution, coverId, position }));
  if (contributors.length > 0) await manager.insert(CoverContributor, contributors);
}
