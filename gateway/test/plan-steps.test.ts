import { expect, test } from '@jest/globals';
import type { PlanNode } from '@apollo/query-planner';
import { buildSchema } from 'graphql';
import { EntityFetchBatcher } from '../src/engine/executor/entity-fetch-batcher.js';
import { createPossibleTypes } from '../src/engine/executor/possible-types.js';
import type { ExecutionContext } from '../src/engine/executor/execution-context.js';
import { compileStep } from '../src/engine/executor/plan-steps.js';

const options = {
  possibleTypes: createPossibleTypes(buildSchema('type Query { a: Int }')),
  evaluateCondition: () => true,
  batcher: new EntityFetchBatcher(),
};
/** A step without work that expects a list. */
const inList: PlanNode = { kind: 'Flatten', path: ['a', '@'], node: { kind: 'Sequence', nodes: [] } };

// After a throw nothing would wait for the steps that have already started, and their rejections would end the process.
test.each<PlanNode>([inList, { kind: 'Parallel', nodes: [{ kind: 'Sequence', nodes: [inList] }, inList] }])(
  'a step rejects, and does not throw, when the data is not a list: %j',
  async (node) => {
    const data = { a: 'no list' };
    const result = compileStep(node, options)({ data } as unknown as ExecutionContext, { path: [], data });
    await expect(result).rejects.toThrow('not a list');
  },
);

test('a step does nothing when the data is a key in place of an object', async () => {
  const data = { id: 'a key' };
  const inObject: PlanNode = {
    kind: 'Flatten',
    path: ['id', 'next'],
    node: { kind: 'Flatten', path: ['@'], node: inList },
  };
  await expect(
    compileStep(inObject, options)({ data } as unknown as ExecutionContext, { path: [], data }),
  ).resolves.toBeUndefined();
});
