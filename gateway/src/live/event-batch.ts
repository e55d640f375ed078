import type { ExecutionResult, GraphQLError } from 'graphql';
import type { CompletionFor, PlannedSubscription } from './planned-subscription.js';

/** Maximum of events that are completed together. */
const maxBatchSize = 100;

/** An event whose completion failed because this service is unavailable. */
export interface MissingService {
  service: string | undefined;
}

/** The result of an event that was completed together with others. */
export interface BatchedResult {
  result: ExecutionResult;
  /** Whether it may depend on the other events, so that the event has to be completed alone. */
  isDoubtful: boolean;
}

/** The number of events that are completed together: one after an outage, then more with each success. */
export class BatchSize {
  #current: number;

  constructor(private readonly max = maxBatchSize) {
    this.#current = max;
  }

  get current(): number {
    return this.#current;
  }

  adapt(isOutage: boolean): void {
    this.#current = isOutage ? 1 : Math.min(this.max, this.#current * 2);
  }
}

/**
 * Completes events together. A large request may fail where a small one succeeds, and the list of errors of a large one may
 * be cut: results with errors are doubtful, and while a service is unavailable also those without.
 */
export async function completeBatch(
  subscription: PlannedSubscription,
  events: readonly ExecutionResult[],
  completion: CompletionFor,
): Promise<BatchedResult[]> {
  const results = await subscription.complete(events, completion);
  const isMissing = results.map((result) => missingService(result) !== undefined);
  const isOutage = isMissing.includes(true);
  subscription.batchSize.adapt(isOutage);
  return results.map((result, index) => {
    const hasFailed = isOutage || result.errors !== undefined;
    return { result, isDoubtful: events.length > 1 && hasFailed && !isMissing[index] };
  });
}

/** The unavailable service because of which a result is incomplete; undefined for any other result. */
export function missingService({ errors }: ExecutionResult): MissingService | undefined {
  const error = errors?.find(isUnavailable);
  if (!error) return undefined;
  const { service = error.extensions['serviceName'] } = error.extensions;
  return { service: typeof service === 'string' ? service : undefined };
}

function isUnavailable({ extensions }: GraphQLError): boolean {
  return extensions['code'] === 'UPSTREAM_UNAVAILABLE';
}
