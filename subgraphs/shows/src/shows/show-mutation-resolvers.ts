import { publishChange } from '@marquee/chassis/bus/change-log';
import { badInput, notFound } from '@marquee/chassis/errors/errors';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ShowsContext } from '../context.js';
import { showStream } from '../topics.js';
import { ForWriters, mayWrite } from './access-rules.js';
import { invalidateShows } from './show-cache.js';
import { DeleteShowInput, DeleteShowPayload, UpdateShowInput, UpdateShowPayload } from './show-inputs.js';
import { checkChanges, isShowSlug } from './show-rules.js';

@Resolver()
export class ShowMutationResolver {
  @ForWriters
  @Mutation(() => UpdateShowPayload, {
    description:
      'Changes a show. For admins and machine clients with the scope `shows.write`. Errors: UNAUTHENTICATED for a guest, ' +
      'FORBIDDEN for other callers, BAD_USER_INPUT with every invalid value, NOT_FOUND if there is no such show.',
  })
  async updateShow(
    @Ctx() { caller, store, bus, cache }: ShowsContext,
    @Arg('input', () => UpdateShowInput, { description: 'The show and the values to change.' })
    { slug, ...values }: UpdateShowInput,
  ): Promise<UpdateShowPayload> {
    mayWrite(caller);
    const { problems, value } = checkChanges(values);
    if (problems) throw badInput(...problems.map(({ path, message }) => ({ path: `input.${path}`, message })));
    const show = isShowSlug(slug) ? await store.change(slug, value) : null;
    if (!show) throw notFound('show', slug);
    await invalidateShows(cache, [slug]);
    publishChange(bus, showStream);
    return { show };
  }

  @ForWriters
  @Mutation(() => DeleteShowPayload, {
    description:
      'Deletes a show. For admins and machine clients with the scope `shows.write`. Errors: UNAUTHENTICATED for a guest, ' +
      'FORBIDDEN for other callers, NOT_FOUND if there is no such show.',
  })
  async deleteShow(
    @Ctx() { caller, store, cache }: ShowsContext,
    @Arg('input', () => DeleteShowInput, { description: 'The show to delete.' }) { slug }: DeleteShowInput,
  ): Promise<DeleteShowPayload> {
    mayWrite(caller);
    if (!isShowSlug(slug) || !(await store.remove(slug))) throw notFound('show', slug);
    await invalidateShows(cache, [slug]);
    return { slug };
  }
}
