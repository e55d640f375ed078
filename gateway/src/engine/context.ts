import type { Caller } from '@marquee/chassis/identity/caller';
import type { Leaving, RequestScope } from '@marquee/chassis/telemetry/request';

/** What one operation runs with. */
export interface OperationContext {
  caller: Caller;
  /** The request that it came in, if it came in one, and the span that it runs in. */
  scope?: OperationScope | undefined;
  /** Who waits for the answer, if they may leave before. */
  leaving?: Leaving | undefined;
}

export type OperationScope = Partial<RequestScope> & Pick<RequestScope, 'context'>;
