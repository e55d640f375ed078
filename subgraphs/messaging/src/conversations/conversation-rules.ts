import { badInput, conflict } from '@marquee/chassis/errors/errors';
import { checked, text } from '@marquee/chassis/input/text';
import { validate } from 'uuid';
import { z } from 'zod';
import type { ConversationRow } from './conversation-row.js';

const mostParticipants = 50;

const body = text(1, 1024);
const userId = z
  .string()
  .refine((id) => validate(id), { error: ({ input }) => `"${String(input).slice(0, 100)}" is not the id of a user` })
  .transform((id) => id.toLowerCase());

const others = z
  .array(userId)
  .min(1, 'must name at least one')
  .max(mostParticipants - 1, `must name at most ${mostParticipants - 1}`)
  .transform((ids) => [...new Set(ids)]);

const beginning = z.object({
  participantIds: others,
  title: text(1, 100).nullish(),
  jobId: z
    .string()
    .refine((id) => validate(id), { error: ({ input }) => `"${String(input).slice(0, 100)}" is not the id of a job` })
    .nullish(),
  firstMessage: body.nullish(),
});

/** It is part of a key, which has a length in bytes. */
const clientMessageId = z.string().regex(/^[!-~]{1,100}$/, 'must be 1 to 100 visible ASCII characters');

const message = z.object({ body, clientMessageId: clientMessageId.nullish() });

const addition = z.object({ participantIds: others });

/** What a conversation begins with. */
export interface ConversationStart {
  kind: ConversationRow['kind'];
  participants: string[];
  title: string | null;
  jobId: string | null;
  firstMessage: string | null;
}

/**
 * One other user and no title is DIRECT, everything else a GROUP.
 * @throws BAD_USER_INPUT with every problem
 */
export function parseStart(input: object, starterId: string): ConversationStart {
  const { participantIds, title = null, jobId = null, firstMessage = null } = checked(beginning, input);
  const participants = [...new Set([starterId, ...participantIds])];
  if (participants.length < 2)
    throw badInput({ path: 'input.participantIds', message: 'must name somebody else than yourself' });
  const kind = participants.length === 2 && title === null ? 'DIRECT' : 'GROUP';
  return { kind, participants, title, jobId, firstMessage };
}

/** @throws BAD_USER_INPUT with every problem */
export function parseMessage(input: object): { body: string; clientMessageId: string | null } {
  const { body, clientMessageId = null } = checked(message, input);
  return { body, clientMessageId };
}

/** @throws BAD_USER_INPUT with every problem */
export function parseAddition(input: object): string[] {
  return checked(addition, input).participantIds;
}

/** Everybody who is in it then. @throws CONFLICT when they would be more than 50 */
export function withAdded({ participants }: ConversationRow, added: readonly string[]): string[] {
  const all = [...new Set([...participants, ...added])];
  if (all.length <= mostParticipants) return all;
  throw conflict(
    `A conversation has at most ${mostParticipants} participants; with those it would have ${all.length}.`,
  );
}

/** @throws BAD_USER_INPUT for a place that no message has */
export function mustBeSentSequence(sequence: number, { lastSequence }: ConversationRow): void {
  if (sequence >= 1 && sequence <= lastSequence) return;
  throw badInput({
    path: 'input.sequence',
    message: `must be the sequence of a message, from 1 to ${lastSequence}; it was ${sequence}`,
  });
}

/** Where a stream begins. @throws BAD_USER_INPUT for a negative one */
export function parseAfter(after: number | null | undefined): number | null {
  if ((after ?? 0) >= 0) return after ?? null;
  throw badInput({ path: 'after', message: `must not be below 0, it was ${after}` });
}
