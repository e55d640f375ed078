import type { MutantRow } from './mutants.js';

/** Errors in the order of steps, in requests and in the report of errors. */
export const executionMutants: readonly MutantRow[] = [
  [
    'root mutations run in parallel',
    'executor/plan-steps.js',
    "case 'Sequence': return inSequence(",
    `case 'Sequence':
      const isMutation = (one) => (one.nodes ? one.nodes.some(isMutation) : one.operationKind === 'mutation');
      return (node.nodes.filter(isMutation).length > 1 ? inParallel : inSequence)(`,
    'mutations',
  ],
  [
    'a mutation is sent as a query',
    'executor/execution-context.js',
    'query, operationName, kind, body:',
    "query, operationName, kind: 'query', body:",
    'mutations',
  ],
  [
    'every entities request is sent twice',
    'executor/entity-fetch.js',
    'mergeBatch(execution, requested[0], requested, await send(execution, input));',
    'await send(execution, input); mergeBatch(execution, requested[0], requested, await send(execution, input));',
    'simple-keys',
  ],
  [
    'every root request is sent twice',
    'executor/root-fetch.js',
    'const used = usedVariables(node.variableUsages, execution);',
    `const used = usedVariables(node.variableUsages, execution);
    await send(execution, { variables: JSON.stringify(used), entities: [] });`,
    'shareable',
  ],
  [
    'the extensions of errors are lost',
    'executor/subgraph-errors.js',
    'extensions: { ...extensions, serviceName, ...code },',
    'extensions: { serviceName, ...code },',
    'simple-keys',
  ],
  [
    'a condition of the plan throws',
    'executor/plan-steps.js',
    'options.evaluateCondition(condition, execution.variables) ? yes : no',
    'options.evaluateCondition(condition, {}) ? yes : no',
    'requires',
    'simple-keys',
  ],
  [
    'a condition of the plan chooses the wrong branch',
    'executor/plan-steps.js',
    'options.evaluateCondition(condition, execution.variables) ? yes : no',
    'options.evaluateCondition(condition, execution.variables) ? yes : yes',
    'requires',
    'simple-keys',
  ],
  [
    'the failure of a request is not reported',
    'executor/plan-steps.js',
    'execution.errors.push(toGraphQLError(error));',
    '',
    'simple-keys',
  ],
  [
    'a variable of a fetch is left out',
    'executor/execution-context.js',
    'for (const name of names ?? [])',
    'for (const name of (names ?? []).slice(1))',
    'values',
  ],
  [
    'identical requests are recognised without their variables',
    'executor/dedupe-inflight.js',
    '&& key.request.body === request.body',
    '',
    'contexts',
    'chained-requires',
  ],
  [
    'onError NULL is not passed on to subgraphs',
    'executor/execution-context.js',
    "onError === 'NULL' ?",
    "onError === 'NONE' ?",
    'simple-keys',
  ],
  [
    'onError HALT keeps the data',
    'planner/prepared-operation.js',
    'return first ? { errors: [first], data: null } : result;',
    'return first ? { ...result, errors: [first] } : result;',
    'simple-keys',
  ],
  [
    'mutations run after an error with onError HALT',
    'executor/execution-context.js',
    'if (isHalted)',
    'if (isHalted && kind !== "mutation")',
    'mutations',
  ],
];
