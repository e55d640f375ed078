import { type ErrorObject, LiveError } from './live-operation.js';

/** Codes of errors after which the subscription is retried. */
const transientCodes: readonly unknown[] = ['UPSTREAM_UNAVAILABLE', 'SLOW_CONSUMER', 'RATE_LIMITED', 'INTERNAL'];

/**
 * Close codes after which the same client is closed again: message too large, bad request, unauthorized, wrong
 * subprotocol, duplicate operation id, too many messages.
 */
const permanentCloseCodes: readonly unknown[] = [1009, 4400, 4401, 4406, 4409, 4429];

/** The code with which the gateway refuses a token. */
export const tokenRefusedCode = 4403;

export function isErrors(interruption: unknown): interruption is readonly ErrorObject[] {
  return Array.isArray(interruption);
}

export function closeCodeOf(interruption: unknown): number | undefined {
  const { code } = (interruption ?? {}) as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

/** Converts a permanent interruption to the error for the subscriber. @returns undefined if a retry can succeed */
export function permanentError(interruption: unknown, refusals: number): LiveError | undefined {
  const closeCode = closeCodeOf(interruption);
  const isTransient = isErrors(interruption)
    ? interruption.every(({ extensions }) => transientCodes.includes(extensions?.code))
    : !permanentCloseCodes.includes(closeCode) && (closeCode !== tokenRefusedCode || refusals < 2);
  if (isTransient) return undefined;
  const errors = isErrors(interruption) ? interruption : [];
  return new LiveError(describe(interruption), errors, closeCode);
}

export function describe(interruption: unknown): string {
  if (isErrors(interruption))
    return interruption.map(({ message, extensions }) => `${extensions?.code ?? 'ERROR'}: ${message}`).join('; ');
  const { code, reason, message } = (interruption ?? {}) as { code?: unknown; reason?: string; message?: string };
  if (typeof code === 'number') return `The socket was closed with ${code}${reason ? `: ${reason}` : ''}`;
  return message ? `The connection failed: ${message}` : 'The connection failed.';
}

/** Exponential back-off with full jitter in milliseconds, so that clients that were disconnected together return apart. */
export function backOffDelay(failures: number, maxDelayMs: number): number {
  return Math.random() * Math.min(maxDelayMs, 200 * 2 ** failures);
}
