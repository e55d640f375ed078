import { describe, expect, test } from '@jest/globals';
import { Cancellation } from '@marquee/chassis/telemetry/request-scope';
import type { OperationContext } from '../src/engine/operation-context.js';
import { dedupeInflight } from '../src/engine/executor/dedupe-inflight.js';

const never = new Promise<never>(() => undefined);

describe('identical queries in flight', () => {
  const request = (kind: 'query' | 'mutation') =>
    ({ query: '', operationName: undefined, kind, body: kind, entities: [] }) as const;
  const [guest, machine] = [
    { caller: { kind: 'guest' } },
    { caller: { kind: 'machine', clientId: 'm', scopes: [] } },
  ] as const;
  let sent = 0;
  const counting = { fetch: async () => ({ data: { count: ++sent } }) };

  test('of one caller share a fetch, and each gets a copy of the response', async () => {
    const deduped = dedupeInflight(counting, Infinity);
    const responses = [guest, guest, machine].map((context) => deduped.fetch('posts', request('query'), context));
    const [one, other, machines] = await Promise.all(responses);
    expect(other).toEqual(one);
    expect(other?.data).not.toBe(one?.data);
    expect(machines).not.toEqual(one);
  });

  test('do not join a fetch from before a mutation or an event', async () => {
    const deduped = dedupeInflight(counting, Infinity);
    const early = deduped.fetch('posts', request('query'), guest);
    deduped.invalidate();
    const next = deduped.fetch('posts', request('query'), guest);
    expect(await next).not.toEqual(await early);
    const kinds: string[] = [];
    const slow = dedupeInflight(
      {
        fetch(_, { kind }) {
          kinds.push(kind);
          return kind === 'query' ? never : counting.fetch();
        },
      },
      Infinity,
    );
    void slow.fetch('posts', request('query'), guest);
    await slow.fetch('posts', request('mutation'), guest);
    void slow.fetch('posts', request('query'), guest);
    expect(kinds).toEqual(['query', 'mutation', 'query']);
  });

  test('share a fetch after several events that arrived in one turn of the event loop', async () => {
    const deduped = dedupeInflight(counting, Infinity);
    const afterEvent = () => {
      deduped.invalidate();
      return deduped.fetch('posts', request('query'), guest);
    };
    const early = deduped.fetch('posts', request('query'), guest);
    const [one, other] = [afterEvent(), afterEvent()];
    await new Promise(setImmediate);
    const later = afterEvent();
    const counts = (await Promise.all([early, one, other, later])).map(({ data }) => data?.['count']);
    const first = Number(counts[0]);
    expect(counts).toEqual([first, first + 1, first + 1, first + 2]);
  });

  test('do not share a fetch with other variables, to another subgraph, or from before the join window', async () => {
    const fetched: string[] = [];
    const slow = {
      fetch: (subgraph: string, { body }: { body: string }) => (fetched.push(`${subgraph} ${body}`), never),
    };
    const common = { ...request('query'), query: 'query($id: ID) { post(id: $id) { id } }' };
    const [one, other] = ['{"id":1}', '{"id":2}'].map((body) => ({ ...common, body })) as [
      typeof common,
      typeof common,
    ];
    const deduped = dedupeInflight(slow, Infinity);
    void deduped.fetch('posts', one, guest);
    void deduped.fetch('posts', other, guest);
    void deduped.fetch('archive', one, guest);
    void deduped.fetch('posts', one, guest);
    expect(fetched).toEqual(['posts {"id":1}', 'posts {"id":2}', 'archive {"id":1}']);
    const withoutWindow = dedupeInflight(slow, 0);
    void withoutWindow.fetch('posts', one, guest);
    void withoutWindow.fetch('posts', one, guest);
    expect(fetched.slice(3)).toEqual(['posts {"id":1}', 'posts {"id":1}']);
  });

  test('cancel their fetch when the last of them is cancelled', async () => {
    const fetches: OperationContext[] = [];
    const deduped = dedupeInflight(
      {
        fetch(_, __, context) {
          fetches.push(context);
          return never;
        },
      },
      Infinity,
    );
    const [one, other] = [new Cancellation(), new Cancellation()];
    for (const cancellation of [one, one, other])
      void deduped.fetch('posts', request('query'), { ...guest, cancellation });
    one.cancel();
    expect(fetches.map(({ cancellation }) => cancellation?.isCancelled)).toEqual([false]);
    other.cancel();
    expect(fetches.map(({ cancellation }) => cancellation?.isCancelled)).toEqual([true]);
  });
});
