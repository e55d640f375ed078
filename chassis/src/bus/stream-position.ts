import type { ExecutionResult } from 'graphql';

/**
 * A position in a stream, between two events. A resumable stream yields it instead of an event: first, if it starts with new
 * events, so that the gateway can resume it before the first event; and where events are missing. Only a gateway that
 * sends `positionsExtension` with its operation receives positions.
 */
export class StreamPosition {
  /**
   * @param cursor from which the stream resumes here; undefined in a stream without cursors, which only reports gaps
   * @param isGap whether events before it are lost: they are no longer stored, or the bus has lost them
   */
  constructor(
    readonly cursor: string | number | undefined,
    readonly isGap = false,
  ) {}

  /** The result without data that reports the position to the gateway. */
  toResult(): ExecutionResult {
    const position: ReportedPosition = { cursor: this.cursor, gap: this.isGap };
    return { data: null, extensions: { position } };
  }
}

/** The extension of an operation whose sender understands positions; its value is `true`. */
export const positionsExtension = 'positions';

/** A position as a subgraph reports it. */
export interface ReportedPosition {
  cursor: unknown;
  gap: boolean;
}

/** The position that a result of a subgraph reports; undefined for an event. */
export function reportedPosition({ data, extensions }: ExecutionResult): ReportedPosition | undefined {
  if (data !== null) return undefined;
  return extensions?.['position'] as ReportedPosition | undefined;
}
