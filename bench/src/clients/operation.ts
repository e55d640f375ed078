/** An operation that benchmarks send repeatedly. */
export interface Operation {
  name: string;
  document: string;
  /** Variables of the n-th request. They may vary, so that identical requests are not deduplicated. */
  variables(turn: number): Record<string, unknown>;
}
