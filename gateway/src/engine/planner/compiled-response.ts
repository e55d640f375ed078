import type { ClientOperation } from '../completion/client-operation.js';
import type { CompleteResponse } from '../completion/compile-response.js';
import type { ExecutionContext } from '../executor/execution-context.js';
import type { AliasRewriter } from './alias-rewriter.js';
import { reportedErrors } from './part-errors.js';
import type { OperationResult } from './prepared-operation.js';

/** The response of a compiled operation. */
export interface CompiledResponse {
  operation: ClientOperation;
  complete: CompleteResponse;
  aliases: AliasRewriter;
}

/** Builds a result from merged subgraph data. @param errors the errors of its fetches */
export function toResult(
  { data: merged, errors: sent, variables, onError, cachePolicy }: MergedData,
  { complete, aliases }: CompiledResponse,
): OperationResult {
  const { data, errors, denials } = complete(merged, variables, onError);
  const restored = sent.length > 0 ? aliases.restorePaths(sent) : sent;
  const reported = sent.length + errors.length > 0 ? reportedErrors(restored, errors, { path: [], value: data }) : sent;
  const all = [...reported, ...denials];
  if (all.length > 0) return { errors: all, data };
  return cachePolicy ? { data, cachePolicy } : { data };
}

type MergedData = Pick<ExecutionContext, 'data' | 'errors' | 'variables' | 'onError' | 'cachePolicy'>;
