import { CacheControl, CacheTag } from '@marquee/chassis/graphql/cache-hints';
import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { ForAdmins, isAdmin, requireAdmin } from '../access.js';
import { resetLoaders, type JobsContext } from '../context.js';
import { topics } from '../topics.js';
import { cacheSeconds, invalidateTerm, taxonomyTag } from './taxonomy-cache.js';
import { SaveTaxonomyTermInput, SaveTaxonomyTermPayload } from './taxonomy-inputs.js';
import { TaxonomyCategory, TaxonomyTerm } from './taxonomy-model.js';
import { parseNewTerm, parseTermChange, requireSaved, requireTermId } from './taxonomy-rules.js';
import type { TermOutcome } from './taxonomy-store.js';

@Resolver(() => TaxonomyTerm)
export class TaxonomyResolver {
  // Admins see more terms than others.
  @CacheControl({ maxAge: cacheSeconds, scope: 'PRIVATE' })
  @CacheTag(taxonomyTag)
  @Query(() => [TaxonomyTerm], {
    description:
      'All terms of the taxonomy, sorted by category and label. Public. Only admins also see inactive terms.',
  })
  taxonomy(
    @Ctx() { caller, store }: JobsContext,
    @Arg('category', () => TaxonomyCategory, {
      nullable: true,
      description: 'Returns only terms of this category. All categories if omitted.',
    })
    category?: TaxonomyCategory | null,
  ): Promise<TaxonomyTerm[]> {
    return store.terms.list(category ?? null, isAdmin(caller));
  }

  @ForAdmins
  @Mutation(() => SaveTaxonomyTermPayload, {
    description:
      'Creates or changes a taxonomy term. Admins only. Errors: UNAUTHENTICATED or FORBIDDEN for other callers; ' +
      'BAD_USER_INPUT for invalid values; NOT_FOUND for an unknown id; CONFLICT if another term of the category has ' +
      'the slug.',
  })
  async saveTaxonomyTerm(
    @Ctx() context: JobsContext,
    @Arg('input', () => SaveTaxonomyTermInput, { description: 'The term to create or the changes to make.' })
    { id, ...values }: SaveTaxonomyTermInput,
  ): Promise<SaveTaxonomyTermPayload> {
    requireAdmin(context.caller);
    const { terms } = context.store;
    if (typeof id === 'string')
      return finish(context, await terms.change(requireTermId(id), parseTermChange(values)), id);
    const term = parseNewTerm(values);
    return finish(context, await terms.add(term), term.slug);
  }
}

async function finish(context: JobsContext, outcome: TermOutcome, key: string): Promise<SaveTaxonomyTermPayload> {
  resetLoaders(context);
  const term = requireSaved(outcome, key);
  context.store.terms.cache.clear();
  context.bus.publish(topics.taxonomyChanged, { id: term.id });
  await invalidateTerm(context.cache, term.id);
  return { term };
}
