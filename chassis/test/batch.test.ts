import { describe, expect, test } from '@jest/globals';
import { maxBatchKeys, readBatch } from '@marquee/chassis/dynamodb/batch';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';

interface BatchRequest {
  RequestItems: { table: { Keys: { id: number }[]; ConsistentRead: boolean } };
}

/** A table that answers at most `perRequest` keys of a request, after as many throttling errors as it is given. */
function busyTable(perRequest: number, throttled = 0) {
  const requests: number[] = [];
  const consistent = new Set<boolean>();
  let errors = throttled;
  const batchGet = async ({ RequestItems: { table } }: BatchRequest) => {
    const { Keys, ConsistentRead } = table;
    requests.push(Keys.length);
    consistent.add(ConsistentRead);
    if (errors-- > 0) throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    const left = Keys.slice(perRequest);
    return {
      Responses: { table: Keys.slice(0, perRequest).filter(({ id }) => id >= 0) },
      ...(left.length > 0 && { UnprocessedKeys: { table: { Keys: left } } }),
    };
  };
  const dynamo = { table: 'table', documents: { batchGet } } as unknown as Dynamo;
  return { dynamo, requests, consistent };
}

describe('readBatch', () => {
  test('splits keys into batches and reads duplicates once', async () => {
    const { dynamo, requests, consistent } = busyTable(maxBatchKeys);
    const items = await readBatch<{ id: number }>(dynamo, [...keys(250), ...keys(10)]);
    expect(items.map(({ id }) => id).toSorted((one, other) => one - other)).toEqual(keys(250).map(({ id }) => id));
    expect(requests.toSorted()).toEqual([100, 100, 50]);
    expect([...consistent]).toEqual([false]);
  });

  test('requests unprocessed keys again', async () => {
    const { dynamo, requests, consistent } = busyTable(2);
    expect(await readBatch(dynamo, keys(5), { consistent: true })).toEqual(keys(5));
    expect(requests).toEqual([5, 3, 1]);
    expect([...consistent]).toEqual([true]);
  });

  test('repeats throttled requests', async () => {
    const { dynamo, requests } = busyTable(10, 2);
    expect(await readBatch(dynamo, keys(3))).toEqual(keys(3));
    expect(requests).toEqual([3, 3, 3]);
  });

  test('leaves out items that do not exist', async () => {
    expect(await readBatch(busyTable(10).dynamo, [{ id: -1 }, { id: 1 }])).toEqual([{ id: 1 }]);
  });

  test('requests attributes by their name, and by their path within maps', async () => {
    const requests: { RequestItems: Record<string, object> }[] = [];
    const batchGet = async (request: (typeof requests)[number]) => (requests.push(request), {});
    const dynamo = { table: 'table', documents: { batchGet } } as unknown as Dynamo;
    await readBatch(dynamo, keys(1), { attributes: ['name', ['sent', 'user-1'], ['last', 'name']] });
    expect(requests[0]?.RequestItems['table']).toMatchObject({
      ProjectionExpression: '#a0, #a1.#a2, #a3.#a0',
      ExpressionAttributeNames: { '#a0': 'name', '#a1': 'sent', '#a2': 'user-1', '#a3': 'last' },
    });
  });

  test('sends nothing for no keys', async () => {
    const { dynamo, requests } = busyTable(10);
    expect(await readBatch(dynamo, [])).toEqual([]);
    expect(requests).toEqual([]);
  });

  test('throws when keys stay unprocessed', async () => {
    await expect(readBatch(busyTable(0).dynamo, keys(3))).rejects.toMatchObject({
      cause: { message: '3 keys stayed unprocessed' },
    });
  });
});

function keys(count: number): { id: number }[] {
  return Array.from({ length: count }, (_, id) => ({ id }));
}
