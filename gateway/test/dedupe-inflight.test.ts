import { describe, expect, test } from '@jest/globals';
import { Cancellation } from '@marquee/chassis/telemetry/request-scope';
import type { OperationContext } from '../src/engine/operation-context.js';
import { dedupeInflight } from '../src/engine/executor/dedupe-inflight.js';

const never = new Promise<never>(() => undefined);

describe('the same query in flight', () => {
  const request = (kind: 'query' | 'mutation') =>
    ({ query: '', operationName: undefined, kind, body: kind, entities: [] }) as const;
  const [guest, machine] = [
    { caller: { kind: 'guest' } },
    { caller: { kind: 'machine', clientId: 'm', scopes: [] } },
  ] as const;
  let sent = 0;
  const answering = { fetch: async () => ({ data: { turn: ++sent } }) };

  test('of one caller is one fetch, and each asker has an answer of their own', async () => {
    const shared = dedupeInflight(answering, Infinity);
    const asking = [guest, guest, machine].map((context) => shared.fetch('posts', request('query'), context));
    const [one, other, stranger] = await Promise.all(asking);
    expect(other).toEqual(one);
    expect(other?.data).not.toBe(one?.data);
    expect(stranger).not.toEqual(one);
  });

  test('does not answer those who ask after a mutation, or after an event', async () => {
    const shared = dedupeInflight(answering, Infinity);
    const early = shared.fetch('posts', request('query'), guest);
    shared.invalidate();
    const next = shared.fetch('posts', request('query'), guest);
    expect(await next).not.toEqual(await early);
    const kinds: string[] = [];
    const slow = dedupeInflight(
      {
        fetch(_, { kind }) {
          kinds.push(kind);
          return kind === 'query' ? never : answering.fetch();
        },
      },
      Infinity,
    );
    void slow.fetch('posts', request('query'), guest);
    await slow.fetch('posts', request('mutation'), guest);
    void slow.fetch('posts', request('query'), guest);
    expect(kinds).toEqual(['query', 'mutation', 'query']);
  });

  test('is another one with other variables, at another service, or once the first is older than it may be', async () => {
    const asked: string[] = [];
    const slow = {
      fetch: (subgraph: string, { body }: { body: string }) => (asked.push(`${subgraph} ${body}`), never),
    };
    const alike = { ...request('query'), query: 'query($id: ID) { post(id: $id) { id } }' };
    const [one, other] = ['{"id":1}', '{"id":2}'].map((body) => ({ ...alike, body })) as [typeof alike, typeof alike];
    const shared = dedupeInflight(slow, Infinity);
    void shared.fetch('posts', one, guest);
    void shared.fetch('posts', other, guest);
    void shared.fetch('archive', one, guest);
    void shared.fetch('posts', one, guest);
    expect(asked).toEqual(['posts {"id":1}', 'posts {"id":2}', 'archive {"id":1}']);
    const closed = dedupeInflight(slow, 0);
    void closed.fetch('posts', one, guest);
    void closed.fetch('posts', one, guest);
    expect(asked.slice(3)).toEqual(['posts {"id":1}', 'posts {"id":1}']);
  });

  test('ends when the last who waits has left', async () => {
    const fetches: OperationContext[] = [];
    const waiting = dedupeInflight(
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
      void waiting.fetch('posts', request('query'), { ...guest, cancellation });
    one.cancel();
    expect(fetches.map(({ cancellation }) => cancellation?.isCancelled)).toEqual([false]);
    other.cancel();
    expect(fetches.map(({ cancellation }) => cancellation?.isCancelled)).toEqual([true]);
  });
});
