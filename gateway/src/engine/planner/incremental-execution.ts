import type { PlanNode } from '@apollo/query-planner';
import { Cancellation } from '@marquee/chassis/telemetry/request-scope';
import type { ClientOperation } from '../completion/client-operation.js';
import { streamedField, type StreamedField } from '../completion/collect-fields.js';
import { reachable } from '../completion/complete-part.js';
import type { CompleteResponse } from '../completion/compile-response.js';
import type { PendingPart } from '../completion/null-propagation.js';
import { DeferredBlocks } from '../executor/deferred-blocks.js';
import { type ExecutionContext, noWork, type PlanStep } from '../executor/execution-context.js';
import { toGraphQLError } from '../executor/subgraph-errors.js';
import type { AliasRewriter } from './alias-rewriter.js';
import { PartDelivery } from './later-parts.js';
import { isAboutLaterPart, reportedErrors } from './part-errors.js';
import type { ExecutionInput } from './prepared-operation.js';
import type { StartedOperation } from './started-operation.js';
import type { StreamedList, StreamedPlan } from './streamed-plans.js';

/** A compiled operation whose response consists of several parts. */
export interface IncrementalOperation {
  step: PlanStep | undefined;
  /** The fetches for later items of streamed lists. */
  later: readonly LaterItems[];
  complete: CompleteResponse;
  aliases: AliasRewriter;
  labels: ReadonlyMap<string, string | undefined>;
}

/** The fetches for the later items of one list, which start once the list is there. */
export interface LaterItems {
  stream: StreamedField;
  step: PlanStep;
}

export function compileLaterItems(
  operation: ClientOperation,
  streamed: StreamedPlan | undefined,
  lists: readonly StreamedList[],
  compile: (node: PlanNode) => PlanStep,
): LaterItems[] {
  return lists.flatMap(({ label, field }) => {
    const node = streamed?.later.get(label);
    const stream = streamedField(operation, field);
    return node && stream ? [{ stream, step: compile(node) }] : [];
  });
}

/** Executes an operation up to its first result. The fetches of later parts may have started by then. */
export async function startIncremental(
  input: ExecutionInput,
  operation: IncrementalOperation,
): Promise<StartedOperation> {
  const cancellation = cancellationWithin(input);
  const firstItems = new Map(operation.later.map(({ stream }) => [stream.label, stream.initialCount(input.variables)]));
  const scope = { blocks: new DeferredBlocks(), enclosing: noWork, firstItems };
  const context = { ...input.context, cancellation: cancellation.own };
  const start = { data: {}, errors: [], isHalted: false, pendingBatches: [], cachePolicy: undefined };
  const execution: ExecutionContext = { ...input, ...start, context, deferral: scope };
  try {
    const root = { path: [], data: execution.data };
    const done = operation.step?.(execution, root);
    for (const { stream, step } of operation.later)
      scope.blocks.start(stream.label, scope.blocks.whenFetched(stream.label), (errors) =>
        step({ ...execution, errors, pendingBatches: [] }, root),
      );
    await done;
    for (const { stream } of operation.later) scope.blocks.onFetched(stream.label);
    return firstResult(execution, operation, scope.blocks, cancellation);
  } catch (error) {
    cancellation.end();
    return { result: { errors: [toGraphQLError(error as Error)] } };
  }
}

function firstResult(
  execution: ExecutionContext,
  { complete, aliases, labels }: IncrementalOperation,
  blocks: DeferredBlocks,
  cancellation: OwnCancellation,
): StartedOperation {
  const announced: PendingPart[] = [];
  const { variables, onError } = execution;
  const completed = complete(execution.data, variables, onError, announced);
  const pending = reachable(announced, completed.data, { depth: 0, from: 0 });
  const fetchErrors = aliases.restorePaths(execution.errors);
  const placed = { path: [], value: completed.data, pending };
  const heldErrors = fetchErrors.filter((error) => isAboutLaterPart(error, placed));
  const ownErrors = fetchErrors.filter((error) => !heldErrors.includes(error));
  const all = [
    ...reportedErrors(ownErrors, completed.errors, { path: [], value: completed.data }),
    ...completed.denials,
  ];
  const result = all.length > 0 ? { errors: all, data: completed.data } : { data: completed.data };
  if (pending.length === 0) {
    cancellation.end();
    return { result };
  }
  const restorePaths = aliases.restorePaths.bind(aliases);
  const onEnd = cancellation.end;
  const later = new PartDelivery({ blocks, variables, labels, restorePaths, heldErrors, pending, onEnd });
  cancellation.own.onCancel(() => void later.return());
  return { result, later };
}

/** The cancellation of one operation: its client has left, or has stopped reading its parts. */
interface OwnCancellation {
  own: Cancellation;
  /** Cancels the fetches in flight. */
  end(): void;
}

function cancellationWithin({ context: { cancellation } }: ExecutionInput): OwnCancellation {
  const own = new Cancellation();
  const cancel = (): void => own.cancel();
  cancellation?.onCancel(cancel);
  return {
    own,
    end() {
      cancellation?.offCancel(cancel);
      own.cancel();
    },
  };
}
