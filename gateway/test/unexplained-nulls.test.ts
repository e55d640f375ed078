import { describe, expect, test } from '@jest/globals';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';

describe('a null that no error of a subgraph explains', () => {
  const graph = openInMemoryGraph({
    shows: { sdl: 'type Query { show: Show! shows: [Show!] } type Show { title: String! year: Int! }', resolvers: {} },
    jobs: { sdl: 'type Query { job: Job } type Job { title: String! }', resolvers: {} },
  });
  const refused = { data: { job: null }, errors: [{ message: 'refused', path: ['job', 'title'] }] };
  const respond = (response: object) => (subgraph: string) => Promise.resolve(subgraph === 'jobs' ? refused : response);
  const query = '{ job { title } shows { title } }';

  test('is reported beside an error of another subgraph', async () => {
    graph.respondWith = respond({ data: { shows: [{ title: 'One' }, { title: null }] } });
    const { data, errors } = await graph.execute(query);
    expect(data).toEqual({ job: null, shows: null });
    expect(errors).toMatchObject([
      { path: ['job', 'title'], message: 'refused' },
      { path: ['shows', 1, 'title'], extensions: { code: 'INVALID_GRAPHQL' } },
    ]);
  });

  test('is not reported again if the subgraph reports an error below it', async () => {
    const errors = [{ message: 'no title', path: ['shows', 1, 'title'] }];
    graph.respondWith = respond({ data: { shows: [{ title: 'One' }, null] }, errors });
    const result = await graph.execute(query);
    expect(result.data).toEqual({ job: null, shows: null });
    expect(result.errors?.map(({ message }) => message).sort()).toEqual(['no title', 'refused']);
  });
});
