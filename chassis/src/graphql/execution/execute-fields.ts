import { isPromise, type OperationRun, type Path } from './operation-run.js';

/** Returns the completed value of a field, or a promise of it. @throws the located error of a field that is not nullable */
export type ExecuteField = (run: OperationRun, source: unknown, parent: Path | undefined) => unknown;

/** The fields of a selection set on one type, in the order of the response. */
export type FieldPlans = readonly { readonly name: string; readonly execute: ExecuteField }[];

type Values = Record<string, unknown>;

/** Executes all fields of an object at the same time. The values of the fields are in the order of their selection. */
export function executeFields(
  run: OperationRun,
  fields: FieldPlans,
  source: unknown,
  path: Path | undefined,
): Values | Promise<Values> {
  const values: Values = {};
  let pending: PromiseLike<void>[] | undefined;
  try {
    for (const { name, execute } of fields) {
      const value = execute(run, source, path);
      values[name] = value;
      if (isPromise(value)) (pending ??= []).push(value.then((settled) => void (values[name] = settled)));
    }
  } catch (error) {
    if (!pending) throw error;
    // The errors of the others are recorded first, as far as they are known by then.
    return Promise.all(pending).then(
      () => Promise.reject(asError(error)),
      () => Promise.reject(asError(error)),
    );
  }
  return pending ? Promise.all(pending).then(() => values) : values;
}

/** Executes the fields of a mutation one after another. */
export async function executeSerially(run: OperationRun, fields: FieldPlans): Promise<Values> {
  const values: Values = {};
  for (const { name, execute } of fields) values[name] = await execute(run, undefined, undefined);
  return values;
}

/** Errors of fields are located, which makes every value that was thrown an error. */
function asError(error: unknown): Error {
  return error as Error;
}
