import { createHash } from 'node:crypto';
import { subjectKey } from '@marquee/chassis/identity/caller-key';
import type { OperationContext } from '../../engine/operation-context.js';

/** Bytes of the digest that are used: enough for percentages with eight decimals. */
const digestBytes = 6;

/**
 * The place of a caller among all callers, from 0 up to 100. It is the same for all labels, replicas and versions, so
 * that a caller who has an override at 5 percent keeps it at 25 percent, and an operation with many percentages has few
 * plans. Guests are identified by their network address, as in rate limits.
 */
export function callerShare({ caller, origin }: OperationContext): number {
  const subject = caller.kind === 'guest' ? `guest ${origin?.address ?? ''}` : subjectKey(caller);
  const digest = createHash('sha256').update(subject).digest();
  return (digest.readUIntBE(0, digestBytes) / 2 ** (8 * digestBytes)) * 100;
}
