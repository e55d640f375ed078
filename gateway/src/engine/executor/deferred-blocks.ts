import type { DeferNode, PlanNode } from '@apollo/query-planner';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { GraphQLError } from 'graphql';
import { type ExecutionContext, noWork, type PlanStep } from './execution-context.js';
import type { ResponsePosition } from './response-position.js';
import { toGraphQLError } from './subgraph-errors.js';

/** What became of the fetches of one deferred part of a plan. */
export interface BlockOutcome {
  /** Errors of its fetches; other parts are unaffected. */
  errors: readonly GraphQLError[];
  /** Why the block did not run to its end. */
  failure?: GraphQLError;
}

/** The deferred parts of one execution, by their labels. */
export class DeferredBlocks {
  readonly #outcomes = new Map<string, Promise<BlockOutcome>>();
  readonly #fetches = new Map<string, FetchSignal>();

  /** Resolves when all data of a part is there; undefined for a part without fetches that have started. */
  outcome(label: string): Promise<BlockOutcome> | undefined {
    return this.#outcomes.get(label);
  }

  /** Starts a part as soon as `ready` resolves. */
  start(label: string, ready: Promise<unknown>, run: (errors: GraphQLError[]) => Promise<void>): void {
    this.#outcomes.set(label, runBlock(ready, run));
  }

  /** Reports that a fetch has ended and its data is merged. */
  onFetched(id: string): void {
    this.#signal(id).resolve();
  }

  whenFetched(id: string): Promise<void> {
    return this.#signal(id).promise;
  }

  #signal(id: string): FetchSignal {
    return getOrCreate(this.#fetches, id, createSignal);
  }
}

/** The deferred parts of an execution, as one part of its plan sees them. */
export interface DeferralScope {
  blocks: DeferredBlocks;
  /** Resolves when the fetches around this part of the plan have ended. */
  enclosing: Promise<unknown>;
  /** The number of first items of streamed lists, by label. */
  firstItems?: ReadonlyMap<string, number>;
}

/** Compiles a plan with deferred parts. Its step ends with the fetches that are not deferred. */
export function compileDefer({ primary, deferred }: DeferNode, compile: (node: PlanNode) => PlanStep): PlanStep {
  const main = primary.node && compile(primary.node);
  const parts = deferred.map(({ label = '', depends, node }) => ({
    label,
    depends: depends.map(({ id }) => id),
    step: node && compile(node),
  }));
  return (execution, position) => {
    const scope = execution.deferral;
    if (!scope) return Promise.reject(new Error('A plan with @defer was executed for a single result.'));
    const done = main?.(execution, position) ?? noWork;
    // A failure is reported by the caller of this step.
    const enclosing = Promise.allSettled([done, scope.enclosing]);
    for (const part of parts) startPart(part, { blocks: scope.blocks, enclosing }, execution, position);
    return done;
  };
}

interface DeferredPart {
  label: string;
  /** Ids of the fetches whose data it needs. */
  depends: readonly string[];
  step: PlanStep | undefined;
}

/** A fetch that a part needs may not run at all, for instance because its parent object is null. */
function startPart(
  { label, depends, step }: DeferredPart,
  scope: DeferralScope,
  execution: ExecutionContext,
  position: ResponsePosition,
): void {
  const { blocks, enclosing } = scope;
  const fetched = Promise.all(depends.map((id) => blocks.whenFetched(id)));
  const ready = Promise.race([fetched, enclosing]);
  if (!step) return;
  blocks.start(label, ready, (errors) => step({ ...execution, errors, pendingBatches: [], deferral: scope }, position));
}

/** Reports to the deferred parts of an execution when this fetch has ended. */
export function reportFetched(id: string, fetch: PlanStep): PlanStep {
  return async (execution, position) => {
    await fetch(execution, position);
    execution.deferral?.blocks.onFetched(id);
  };
}

async function runBlock(
  ready: Promise<unknown>,
  run: (errors: GraphQLError[]) => Promise<void>,
): Promise<BlockOutcome> {
  const errors: GraphQLError[] = [];
  try {
    await ready;
    await run(errors);
    return { errors };
  } catch (error) {
    return { errors, failure: toGraphQLError(error as Error) };
  }
}

interface FetchSignal {
  promise: Promise<void>;
  resolve(): void;
}

function createSignal(): FetchSignal {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
