import { isGap } from './live-client.js';
import type { Cursor, LiveResult, LiveSink } from './live-operation.js';

export interface AdapterOptions {
  /** Called when events of a subscription are lost: read the current data again. The subscription goes on. */
  onGap?(lost: LostEvents): void;
}

/** The subscription of which events are lost. */
export interface LostEvents {
  operationName: string | undefined;
  variables: Record<string, unknown>;
  /** The position at which it continues, if it is known. */
  cursor: Cursor | undefined;
}

/** Notices of gaps go to `onGap`, because a cache would take their `data: null` for a failure. */
export function withoutGaps<Data>(
  sink: LiveSink<Data>,
  { onGap }: AdapterOptions,
  { operationName, variables }: Omit<LostEvents, 'cursor'>,
): LiveSink<Data> {
  return {
    ...sink,
    next(result: LiveResult<Data>) {
      if (!isGap(result)) return sink.next(result);
      onGap?.({ operationName, variables, cursor: result.extensions?.cursor });
      if (result.data) sink.next(result);
    },
  };
}
