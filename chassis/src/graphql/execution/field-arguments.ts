import { getArgumentValues } from 'graphql';
import type { FieldPlace, OperationRun } from './operation-run.js';

/** The arguments of a field in one run. Each call of a resolver gets an object of its own, which it may change. */
export type TakeArguments = (run: OperationRun) => Record<string, unknown>;

/** Compiles the arguments of a field. Most fields have none. */
export function takeArguments({ field, nodes: [node] }: FieldPlace): TakeArguments {
  if (field.args.length === 0) return () => ({});
  return ({ variables }) => getArgumentValues(field, node, variables);
}
