import { badInput } from '@marquee/chassis/errors/errors';
import { validateInput, text } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';
import { messageBody } from '../messages/message-rules.js';
import type { ConversationRow } from './conversation-row.js';
import { maxParticipants } from './participant-rules.js';

const userId = z
  .string()
  .refine((id) => validate(id), { error: ({ input }) => `"${String(input).slice(0, 100)}" is not a user id` })
  .transform((id) => id.toLowerCase());

const otherParticipants = z
  .array(userId)
  .min(1, 'must name at least one user')
  .max(maxParticipants - 1, `must name at most ${maxParticipants - 1} users`)
  .transform((ids) => [...new Set(ids)]);

const start = z.object({
  participantIds: otherParticipants,
  title: text(1, 100).nullish(),
  jobId: z
    .string()
    .refine((id) => validate(id), { error: ({ input }) => `"${String(input).slice(0, 100)}" is not a job id` })
    .toLowerCase()
    .nullish(),
  firstMessage: messageBody.nullish(),
});

const addition = z.object({ participantIds: otherParticipants });

/** The validated input of `startConversation`. */
export interface ConversationStart {
  kind: ConversationRow['kind'];
  /** The user who starts the conversation first. */
  participants: string[];
  title: string | null;
  jobId: string | null;
  firstMessage: string | null;
}

/**
 * Validates the start of a conversation: with one other user and no title it is DIRECT, otherwise a GROUP.
 * @throws BAD_USER_INPUT with every problem
 */
export function parseStart(input: object, starterId: string): ConversationStart {
  const { participantIds, title = null, jobId = null, firstMessage = null } = validateInput(start, input);
  const participants = [...new Set([starterId, ...participantIds])];
  if (participants.length < 2)
    throw badInput({ path: 'input.participantIds', message: 'must name a user other than yourself' });
  const kind = participants.length === 2 && title === null ? 'DIRECT' : 'GROUP';
  return { kind, participants, title, jobId, firstMessage };
}

/**
 * Validates the users to add to a group.
 * @throws BAD_USER_INPUT with every problem
 */
export function parseAddition(input: object): string[] {
  return validateInput(addition, input).participantIds;
}
