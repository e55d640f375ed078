/** One request to a service on behalf of an operation. Times are in milliseconds since the operation was received. */
export interface TracedFetch {
  service: string;
  startMs: number;
  durationMs: number;
}

/** Records the requests of one operation. A request that is shared with another operation in flight belongs to that one. */
export class OperationTrace {
  readonly fetches: TracedFetch[] = [];
  /** Formats the query plan; undefined for an operation that was not admitted. */
  describePlan: (() => Promise<string>) | undefined;
  private readonly startedAt = performance.now();

  /** Records a request. @returns its response */
  async record<Response>(service: string, response: Promise<Response>): Promise<Response> {
    const startMs = this.elapsedMs();
    try {
      return await response;
    } finally {
      this.fetches.push({ service, startMs, durationMs: this.elapsedMs() - startMs });
    }
  }

  /** Milliseconds since the operation was received. */
  elapsedMs(): number {
    return performance.now() - this.startedAt;
  }
}
