import { For } from '@marquee/chassis/graphql/rights';
import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { forgetLoaded, type JobsContext } from '../context.js';
import { TaxonomyCategory, TaxonomyTerm } from './taxonomy-model.js';
import { mustAdminister, newTerm, savedTerm, seesInactive, termChange, termId } from './taxonomy-rules.js';
import { SaveTaxonomyTermInput, SaveTaxonomyTermPayload } from './taxonomy-inputs.js';

@Resolver(() => TaxonomyTerm)
export class TaxonomyResolver {
  @Query(() => [TaxonomyTerm], { description: 'By category and label. Admins see inactive terms as well.' })
  taxonomy(
    @Ctx() { caller, store }: JobsContext,
    @Arg('category', () => TaxonomyCategory, { nullable: true }) category?: TaxonomyCategory | null,
  ): Promise<TaxonomyTerm[]> {
    return store.terms.listed(category ?? null, seesInactive(caller));
  }

  @For('role:ADMIN')
  @Mutation(() => SaveTaxonomyTermPayload, { description: 'Admins only.' })
  async saveTaxonomyTerm(
    @Ctx() context: JobsContext,
    @Arg('input', () => SaveTaxonomyTermInput) { id, ...values }: SaveTaxonomyTermInput,
  ): Promise<SaveTaxonomyTermPayload> {
    mustAdminister(context.caller);
    const { terms } = context.store;
    if (typeof id === 'string') return saved(context, await terms.change(termId(id), termChange(values)), id);
    const added = newTerm(values);
    return saved(context, await terms.add(added), added.slug);
  }
}

function saved(context: JobsContext, outcome: Parameters<typeof savedTerm>[0], key: string): SaveTaxonomyTermPayload {
  forgetLoaded(context);
  return { term: savedTerm(outcome, key) };
}
