import { type FieldNode, locatedError } from 'graphql';
import { type OperationRun, type Path, pathKeys } from './operation-run.js';

export interface FailedPosition {
  error: unknown;
  nodes: readonly FieldNode[];
  path: Path;
  isNullable: boolean;
}

/** Records the error of a position that may be null, and returns null. @throws the located error for any other */
export function handleError(run: OperationRun, { error, nodes, path, isNullable }: FailedPosition): null {
  const located = locatedError(error, nodes, pathKeys(path));
  if (!isNullable) throw located;
  run.addError(located, path);
  return null;
}
