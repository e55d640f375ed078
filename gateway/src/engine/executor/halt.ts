import { Cancellation } from '@marquee/chassis/telemetry/request-scope';
import type { GraphQLError } from 'graphql';
import type { ExecutionContext } from './execution-context.js';

/**
 * Ends an execution with its first error, for `onError: "HALT"`: no further fetch is sent, and those in flight are
 * cancelled. Call it before the execution starts.
 * @returns a promise that resolves at the first error, and never without one
 */
export function haltAtFirstError(execution: ExecutionContext): Promise<void> {
  const cancellation = new Cancellation();
  execution.context.cancellation?.onCancel(() => cancellation.cancel());
  execution.context = { ...execution.context, cancellation };
  const { errors } = execution;
  return new Promise((resolve) => {
    errors.push = (...added: GraphQLError[]) => {
      const count = Array.prototype.push.apply(errors, added);
      execution.isHalted = true;
      cancellation.cancel();
      resolve();
      return count;
    };
  });
}
