import { expect, test } from '@jest/globals';
import type { PlanNode } from '@apollo/query-planner';
import { buildSchema } from 'graphql';
import { EntityFetchBatcher } from '../src/engine/executor/entity-fetch-batcher.js';
import { createPossibleTypes } from '../src/engine/executor/possible-types.js';
import type { ExecutionContext } from '../src/engine/executor/execution-context.js';
import { compileStep } from '../src/engine/executor/plan-steps.js';

const compiling = {
  possibleTypes: createPossibleTypes(buildSchema('type Query { a: Int }')),
  evaluateCondition: () => true,
  batcher: new EntityFetchBatcher(),
};
/** What has nothing to do in a list. */
const deep: PlanNode = { kind: 'Flatten', path: ['a', '@'], node: { kind: 'Sequence', nodes: [] } };

// A throw would leave those that began before it to themselves, and what nobody waits for ends the process when it fails.
test.each<PlanNode>([deep, { kind: 'Parallel', nodes: [{ kind: 'Sequence', nodes: [deep] }, deep] }])(
  'a step that finds no list where it goes on fails as a promise: %j',
  async (node) => {
    const data = { a: 'no list' };
    const went = compileStep(node, compiling)({ data } as unknown as ExecutionContext, { path: [], data });
    await expect(went).rejects.toThrow('not a list');
  },
);

test('where a key stands in place of an object there is nothing to go on with', async () => {
  const data = { id: 'a key' };
  const deeper: PlanNode = {
    kind: 'Flatten',
    path: ['id', 'next'],
    node: { kind: 'Flatten', path: ['@'], node: deep },
  };
  await expect(
    compileStep(deeper, compiling)({ data } as unknown as ExecutionContext, { path: [], data }),
  ).resolves.toBeUndefined();
});
