import { badInput } from '@marquee/chassis/errors/errors';
import { multilineText, validateInput } from '@marquee/chassis/input/text';
import { z } from 'zod';

export const messageBody = multilineText(1, 1024);

/** ASCII only, because it is part of a DynamoDB key, and the length of keys is limited in bytes. */
const clientMessageId = z.string().regex(/^[!-~]{1,100}$/, 'must be 1 to 100 visible ASCII characters');

const message = z.object({ body: messageBody, clientMessageId: clientMessageId.nullish() });

/**
 * Validates a message to send.
 * @throws BAD_USER_INPUT with every problem
 */
export function parseMessage(input: object): { body: string; clientMessageId: string | null } {
  const { body, clientMessageId = null } = validateInput(message, input);
  return { body, clientMessageId };
}

/**
 * Validates the sequence after which a stream of messages starts; null to start with the next message.
 * @throws BAD_USER_INPUT for a negative sequence
 */
export function parseAfter(after: number | null | undefined): number | null {
  if ((after ?? 0) >= 0) return after ?? null;
  throw badInput({ path: 'after', message: `must not be negative, it was ${after}` });
}
