import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { ExecutionResult } from 'graphql';
import type { ChargeEvent } from '../admission/rates/cost-budget.js';
import type { MissingService } from './event-batch.js';
import { completionsOf, type EventCompletions } from './event-completions.js';
import type { PlannedSubscription } from './planned-subscription.js';
import type { Completion, Waiting } from './shared-retry.js';

/** One result of a stream: an event, the notice that events are lost, or the position at which the stream started. */
export interface StreamResult {
  readonly kind: 'event' | 'gap' | 'position';
  /** The cursor, from which a client resumes after it. */
  readonly cursor: unknown;
  readonly previousCursor: unknown;
  /**
   * The result for a caller, or the service that is missing. It is created once for all callers with the same result.
   * @param following the results that the subscriber reads next
   * @param lane in which the subscriber takes turns with others, see `WorkSlices`
   */
  complete(caller: Caller, following: Iterable<StreamResult>, lane: string): Promise<Completion> | Completion;
  /** The result for a caller once the missing service is back, or the service that is still missing when the wait ends. */
  wait(caller: Caller, waiting: Waiting, missing: MissingService): Promise<Completion>;
  /** Charges its work to one subscriber that received it. */
  charge(caller: Caller, charge: ChargeEvent): void;
}

/** Reports at once that events are lost, so that the client reads the current data. @param cursor if it is known */
export function gapNotice(cursor?: unknown): StreamResult {
  return notice('gap', cursor, { data: null, extensions: { gap: true, ...(cursor !== undefined && { cursor }) } });
}

/** Reports where a stream starts, so that a client can resume from there before the first event. */
export function positionNotice(cursor: unknown): StreamResult {
  const result = { data: null, extensions: { cursor } };
  positions.add(result);
  return notice('position', cursor, result);
}

const positions = new WeakSet<ExecutionResult>();

/** Whether a result only reports the position at which its stream starts. */
export function isPosition(result: ExecutionResult): boolean {
  return positions.has(result);
}

/** Reports whether a stream without cursors has started, so that the data which a client reads afterwards stay current. */
export function startNotice(started: boolean): StreamResult {
  return notice('position', undefined, { data: null, extensions: { started } });
}

/** Results with their cursors, by the results without. */
const withCursors = new WeakMap<ExecutionResult, ExecutionResult>();

/**
 * Adds its cursor to the result of an event, which is shared with clients that did not request cursors. All clients that did
 * receive the same object, so that it is serialized once.
 */
export function withCursor(result: ExecutionResult, cursor: unknown): ExecutionResult {
  if (cursor === undefined) return result;
  return getOrCreate(withCursors, result, () => ({ ...result, extensions: { ...result.extensions, cursor } }));
}

function notice(kind: 'gap' | 'position', cursor: unknown, result: ExecutionResult): StreamResult {
  return {
    kind,
    cursor,
    previousCursor: undefined,
    complete: () => ({ result }),
    wait: () => Promise.resolve({ result }),
    charge: () => undefined,
  };
}

/** One event of a shared stream. It is completed with data of other subgraphs when a subscriber reads it. */
export class LiveEvent implements StreamResult {
  readonly cursor: unknown;
  readonly kind = 'event';
  readonly #completions: EventCompletions;

  /**
   * @param previousCursor of the event before it in its stream, if it is known
   * @param subscribers the number of those that it is delivered to
   */
  constructor(
    event: ExecutionResult,
    subscription: PlannedSubscription,
    readonly previousCursor: unknown,
    private readonly subscribers: number,
  ) {
    this.cursor = subscription.cursorOf(event);
    this.#completions = completionsOf(event, subscription);
    this.#completions.addReaders(subscribers);
  }

  complete(caller: Caller, following: Iterable<StreamResult>, lane: string): Promise<Completion> | Completion {
    return this.#completions.complete(caller, LiveEvent.#completionsIn(following), lane);
  }

  wait(caller: Caller, waiting: Waiting, missing: MissingService): Promise<Completion> {
    return this.#completions.wait(caller, waiting, missing);
  }

  charge(caller: Caller, charge: ChargeEvent): void {
    this.#completions.charge(caller, this.subscribers, charge);
  }

  static *#completionsIn(results: Iterable<StreamResult>): Iterable<EventCompletions> {
    for (const result of results) if (result instanceof LiveEvent) yield result.#completions;
  }
}
