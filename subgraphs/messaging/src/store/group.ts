import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import { v7 as uuid } from 'uuid';
import { itemsOf } from './batch.js';
import { headKey, sendKey } from './keys.js';
import type { HeadRow, MessageRow } from './rows.js';

/** A message that is to be sent. */
export interface Draft {
  conversationId: string;
  senderId: string;
  body: string;
  /** The sender's own name for it, under which it is sent once. */
  clientMessageId: string | null;
}

/** What a group of drafts of one conversation comes to, as the store is now. */
export interface Plan {
  head: HeadRow | null;
  /** The sequence that each draft has or gets; null where the sender is no participant. */
  sequences: (number | null)[];
  fresh: Fresh[];
  now: Date;
}

export interface Fresh {
  draft: Draft;
  row: MessageRow;
}

export async function planOf(dynamo: Dynamo, drafts: readonly Draft[]): Promise<Plan> {
  const now = new Date();
  const { head, known } = await stateOf(dynamo, drafts, now);
  const fresh: Fresh[] = [];
  const sequences = drafts.map((draft) => {
    if (!head?.participants.includes(draft.senderId)) return null;
    const name = nameOf(draft);
    const given = name === null ? undefined : known.get(name);
    if (given !== undefined) return given;
    const row = rowOf(draft, fresh.at(-1)?.row ?? head, now);
    if (name !== null) known.set(name, row.sequence);
    fresh.push({ draft, row });
    return row.sequence;
  });
  return { head, sequences, fresh, now };
}

/** The head and the sequences that were given to sends of these names. */
async function stateOf(dynamo: Dynamo, drafts: readonly Draft[], now: Date) {
  const id = drafts[0]?.conversationId ?? '';
  const names = new Set(drafts.map(nameOf).filter((name) => name !== null));
  const keys = [...names].map((sk) => ({ pk: headKey(id).pk, sk }));
  const items = await itemsOf(dynamo, [headKey(id), ...keys]);
  const head = items.find(({ sk }) => sk === 'head') as unknown as HeadRow | undefined;
  const alive = items.filter(({ sk, expiresAt }) => sk !== 'head' && Number(expiresAt) > seconds(now));
  return { head: head ?? null, known: new Map(alive.map(({ sk, sequence }) => [sk, Number(sequence)])) };
}

function nameOf({ conversationId, senderId, clientMessageId }: Draft): string | null {
  return clientMessageId === null ? null : sendKey(conversationId, senderId, clientMessageId).sk;
}

/** The message after another one, or after the last of the head. Times never go back while sequences go on. */
export function rowOf(
  { conversationId, senderId, body }: Omit<Draft, 'clientMessageId'>,
  last: MessageRow | Pick<HeadRow, 'lastSequence' | 'lastActivityAt' | 'sent'>,
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
export function grown(head: HeadRow, fresh: readonly Fresh[]): HeadRow {
  const last = fresh.at(-1)?.row;
  return last
    ? { ...head, lastSequence: last.sequence, sent: last.sent, lastActivityAt: last.sentAt, lastMessage: last }
    : head;
}

export function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
