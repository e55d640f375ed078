import type { Dynamo } from '@marquee/chassis/dynamodb/open';
import { itemsOf } from './batch.js';
import { directKey, headKey, readsKey } from './keys.js';
import type { HeadRow, ReadsRow } from './rows.js';

/** The heads of these conversations as they are now, in any order. */
export async function headsOf(dynamo: Dynamo, ids: readonly string[]): Promise<HeadRow[]> {
  return (await itemsOf(dynamo, ids.map(headKey))) as unknown as HeadRow[];
}

export async function headOf(dynamo: Dynamo, id: string): Promise<HeadRow | null> {
  return (await headsOf(dynamo, [id]))[0] ?? null;
}

/** How far each participant of these conversations has read, in any order. */
export async function readsOf(dynamo: Dynamo, ids: readonly string[]): Promise<ReadsRow[]> {
  return (await itemsOf(dynamo, ids.map(readsKey))) as unknown as ReadsRow[];
}

/** The DIRECT conversations that a user has with others, in any order. */
export async function directsOf(
  dynamo: Dynamo,
  userId: string,
  others: readonly string[],
): Promise<{ other: string; conversationId: string }[]> {
  const places = new Map(others.map((other) => [directKey(userId, other).pk, other]));
  const items = await itemsOf(
    dynamo,
    others.map((other) => directKey(userId, other)),
  );
  return items.map(({ pk, conversationId }) => ({
    other: places.get(pk) ?? '',
    conversationId: String(conversationId),
  }));
}
