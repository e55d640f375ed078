import type { DataSource } from 'typeorm';
import { v7, validate } from 'uuid';
import { TaxonomyTerm, type TaxonomyCategory } from './taxonomy-model.js';
import { createTermCache } from './term-cache.js';
import { slugPattern } from '../input/slug.js';
import { isUniqueViolation } from '../database/statements.js';

/** The result of a write: the saved term, or the reason why nothing was saved. */
export type TermOutcome = TaxonomyTerm | 'absent' | 'slug taken';

/** Reads and writes taxonomy terms. */
export function termStore(source: DataSource) {
  const repository = source.getRepository(TaxonomyTerm);
  const terms = () => repository.createQueryBuilder('term');
  return { byIds, bySlugs, list, add, change, cache: createTermCache({ byIds, list }) };

  async function byIds(ids: readonly string[]): Promise<TaxonomyTerm[]> {
    const known = ids.filter((id) => validate(id));
    return known.length === 0 ? [] : terms().where('term.id = any(:known)', { known }).getMany();
  }

  async function bySlugs(category: TaxonomyCategory, slugs: readonly string[]): Promise<TaxonomyTerm[]> {
    const known = slugs.filter((slug) => slugPattern.test(slug));
    if (known.length === 0) return [];
    return terms().where('term.category = :category and term.slug = any(:known)', { category, known }).getMany();
  }

  async function list(category: TaxonomyCategory | null, withInactive: boolean): Promise<TaxonomyTerm[]> {
    const found = terms().orderBy('term.category').addOrderBy('term.label').addOrderBy('term.id');
    if (category !== null) found.andWhere('term.category = :category', { category });
    return (withInactive ? found : found.andWhere('term.isActive')).getMany();
  }

  async function add(term: Omit<TaxonomyTerm, 'id'>): Promise<TermOutcome> {
    const added = repository.create({ id: v7(), ...term });
    return orSlugTaken(() => repository.insert(added).then(() => added));
  }

  async function change(id: string, changes: Partial<TaxonomyTerm>): Promise<TermOutcome> {
    return orSlugTaken(async () => {
      if (Object.keys(changes).length > 0) await repository.update({ id }, changes);
      return (await repository.findOneBy({ id })) ?? 'absent';
    });
  }
}

async function orSlugTaken(write: () => Promise<TermOutcome>): Promise<TermOutcome> {
  try {
    return await write();
  } catch (error) {
    if (isUniqueViolation(error, 'taxonomy_terms_slug_unique')) return 'slug taken';
    throw error;
  }
}
