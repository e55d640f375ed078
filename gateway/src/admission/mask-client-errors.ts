import { type MaskError, maskErrors } from '@marquee/chassis/errors/mask-errors';
import type { Logger } from '@marquee/chassis/telemetry/log';

/**
 * Masks errors for clients of the graph. A subgraph that is not built on the chassis has codes of its own, such as
 * SOLD_OUT: an error with a well-formed code passes, an error that says that something unexpected happened does not.
 */
export function maskClientErrors(log: Logger): MaskError {
  return maskErrors(log, (code, { extensions }) => {
    const isOfSubgraph = extensions?.['serviceName'] !== undefined;
    return isOfSubgraph && wellFormed.test(code) && !unexpected.test(code);
  });
}

const wellFormed = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Codes of errors that a subgraph did not expect; their messages may contain internals. */
const unexpected = /^(INTERNAL|DOWNSTREAM_SERVICE_ERROR$|INVALID_GRAPHQL$|UNKNOWN$)/i;
