import { badInput, notFound } from '@marquee/chassis/errors/errors';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ShowsContext } from '../context.js';
import { importShows } from '../import/import-shows-operation.js';
import { DeleteShowInput, ImportShowsInput, UpdateShowInput } from './show-inputs.js';
import { DeleteShowPayload, ImportShowsPayload, UpdateShowPayload } from '../import/import-model.js';
import { ForWriters, mayWrite } from './access-rules.js';
import { validateImport } from '../import/import-rules.js';
import { publishChange } from './show-subscription-resolvers.js';
import { checkChanges, isShowSlug } from './show-rules.js';

@Resolver()
export class ShowWritingResolver {
  @ForWriters
  @Mutation(() => ImportShowsPayload, {
    description: 'Adds up to 1000 shows and says for each what became of it. Sent again it changes nothing.',
  })
  async importShows(
    @Ctx() { caller, store, bus }: ShowsContext,
    @Arg('input', () => ImportShowsInput) { payload }: ImportShowsInput,
  ): Promise<ImportShowsPayload> {
    const addedById = mayWrite(caller);
    const results = await importShows(store, validateImport(payload, addedById));
    for (const result of results) if (result.kind === 'ShowCreated') publishChange(bus, result.show.slug);
    return { results };
  }

  @ForWriters
  @Mutation(() => UpdateShowPayload)
  async updateShow(
    @Ctx() { caller, store, bus }: ShowsContext,
    @Arg('input', () => UpdateShowInput) { slug, ...values }: UpdateShowInput,
  ): Promise<UpdateShowPayload> {
    mayWrite(caller);
    const { problems, value } = checkChanges(values);
    if (problems) throw badInput(...problems.map(({ path, message }) => ({ path: `input.${path}`, message })));
    const show = isShowSlug(slug) ? await store.change(slug, value) : null;
    if (!show) throw notFound('show', slug);
    publishChange(bus, slug);
    return { show };
  }

  @ForWriters
  @Mutation(() => DeleteShowPayload)
  async deleteShow(
    @Ctx() { caller, store }: ShowsContext,
    @Arg('input', () => DeleteShowInput) { slug }: DeleteShowInput,
  ): Promise<DeleteShowPayload> {
    mayWrite(caller);
    if (!isShowSlug(slug) || !(await store.remove(slug))) throw notFound('show', slug);
    return { slug };
  }
}
