import type { FetchNode } from '@apollo/query-planner';
import { own } from './value.js';
import type { Run, Send } from './run.js';

/** Prepares the sending of an operation: all but its variables is serialised once. */
export function compileSend({
  serviceName,
  operation: query,
  operationName,
  operationKind: kind,
}: Pick<FetchNode, 'serviceName' | 'operation' | 'operationName' | 'operationKind'>): Send {
  const name = operationName === undefined ? '' : `"operationName":${JSON.stringify(operationName)},`;
  const start = `{"query":${JSON.stringify(query)},${name}"variables":`;
  return ({ fetcher, context }, { variables, entities }) =>
    fetcher.fetch(serviceName, { query, operationName, kind, body: `${start}${variables}}`, entities }, context);
}

/** The variables of the client that a fetch uses, as the client gave them. */
export function usedVariables(names: readonly string[] | undefined, { variables }: Run): Record<string, unknown> {
  const used: Record<string, unknown> = {};
  for (const name of names ?? []) {
    const value = own(variables, name);
    if (value !== undefined) used[name] = value;
  }
  return used;
}
