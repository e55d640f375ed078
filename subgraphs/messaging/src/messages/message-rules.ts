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
