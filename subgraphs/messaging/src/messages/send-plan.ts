import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import { v7 as uuid } from 'uuid';
import { getItems } from '../database/batch-get.js';
import { conversationItemKey, sendItemKey } from '../database/table-keys.js';
import type { ConversationRow, MessageRow } from '../conversations/conversation-row.js';

/** A message that is to be sent. */
export interface MessageDraft {
  conversationId: string;
  senderId: string;
  body: string;
  /** The sender's own name for it, under which it is sent once. */
  clientMessageId: string | null;
}

/** What a group of drafts of one conversation comes to, as the store is now. */
export interface SendPlan {
  head: ConversationRow | null;
  /** The sequence that each draft has or gets; null where the sender is no participant. */
  sequences: (number | null)[];
  fresh: NewMessage[];
  now: Date;
}

export interface NewMessage {
  draft: MessageDraft;
  row: MessageRow;
}

export async function planSends(dynamo: Dynamo, drafts: readonly MessageDraft[]): Promise<SendPlan> {
  const now = new Date();
  const { head, known } = await stateOf(dynamo, drafts, now);
  const fresh: NewMessage[] = [];
  const sequences = drafts.map((draft) => {
    if (!head?.participants.includes(draft.senderId)) return null;
    const name = nameOf(draft);
    const given = name === null ? undefined : known.get(name);
    if (given !== undefined) return given;
    const row = nextMessage(draft, fresh.at(-1)?.row ?? head, now);
    if (name !== null) known.set(name, row.sequence);
    fresh.push({ draft, row });
    return row.sequence;
  });
  return { head, sequences, fresh, now };
}

/** The head and the sequences that were given to sends of these names. */
async function stateOf(dynamo: Dynamo, drafts: readonly MessageDraft[], now: Date) {
  const id = drafts[0]?.conversationId ?? '';
  const names = new Set(drafts.map(nameOf).filter((name) => name !== null));
  const keys = [...names].map((sk) => ({ pk: conversationItemKey(id).pk, sk }));
  const items = await getItems(dynamo, [conversationItemKey(id), ...keys]);
  const head = items.find(({ sk }) => sk === 'head') as unknown as ConversationRow | undefined;
  const alive = items.filter(({ sk, expiresAt }) => sk !== 'head' && Number(expiresAt) > epochSeconds(now));
  return { head: head ?? null, known: new Map(alive.map(({ sk, sequence }) => [sk, Number(sequence)])) };
}

function nameOf({ conversationId, senderId, clientMessageId }: MessageDraft): string | null {
  return clientMessageId === null ? null : sendItemKey(conversationId, senderId, clientMessageId).sk;
}

/** The message after another one, or after the last of the head. Times never go back while sequences go on. */
export function nextMessage(
  { conversationId, senderId, body }: Omit<MessageDraft, 'clientMessageId'>,
  last: MessageRow | Pick<ConversationRow, 'lastSequence' | 'lastActivityAt' | 'sent'>,
  at: Date,
): MessageRow {
  const [sequence, since] =
    'sequence' in last ? [last.sequence, last.sentAt] : [last.lastSequence, last.lastActivityAt];
  const now = at.toISOString();
  return {
    messageId: uuid({ msecs: at.getTime() }),
    conversationId,
    senderId,
    body,
    sequence: sequence + 1,
    sentAt: now > since ? now : since,
    sent: { ...last.sent, [senderId]: (last.sent[senderId] ?? 0) + 1 },
  };
}

/** The head with the fresh messages. */
export function withMessages(head: ConversationRow, fresh: readonly NewMessage[]): ConversationRow {
  const last = fresh.at(-1)?.row;
  return last
    ? { ...head, lastSequence: last.sequence, sent: last.sent, lastActivityAt: last.sentAt, lastMessage: last }
    : head;
}

export function epochSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
