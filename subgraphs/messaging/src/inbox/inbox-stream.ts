import { EventEmitter, once } from 'node:events';
import type { Bus } from '@marquee/chassis/bus/bus';
import { leavable } from '@marquee/chassis/bus/leavable';
import { isParticipant } from '../conversations/participant-rules.js';
import { activityTime } from '../database/table-keys.js';
import type { ConversationRow } from '../conversations/conversation-row.js';
import type { LiveOptions } from '../live/tail-registry.js';
import { inboxTopic } from '../topics.js';

/** What changes in inboxes. */
export interface InboxStreams {
  /** The conversations of a user as they change, each as it is now. */
  updates(userId: string): AsyncIterableIterator<ConversationRow>;
}

/** An index may be behind: so many milliseconds are looked at twice. */
const overlap = 10_000;

/** Places of an inbox that one look at the index takes. */
const placesOfLook = 50;

export function inboxStreams(options: LiveOptions): InboxStreams {
  return { updates: (userId) => leavable((signal) => updates(userId, options, signal)) };
}

/** Hints tell of everything; the timer of activity that no hint told of. Several changes at once are told as one. */
async function* updates(userId: string, options: LiveOptions, leaving: AbortSignal): AsyncGenerator<ConversationRow> {
  const ending = new AbortController();
  const changed = changedIds(userId, options, AbortSignal.any([leaving, ending.signal]));
  try {
    for (let ids = await changed.take(); ids !== null; ids = await changed.take()) {
      const heads = (await options.store.conversations(ids)).filter((head) => isParticipant(userId, head));
      for (const head of heads) changed.told(head);
      yield* heads;
    }
  } finally {
    ending.abort();
  }
}

interface ChangedIds {
  /** Those that changed since the last time, once there are any; null when the signal has aborted. */
  take(): Promise<string[] | null>;
  /** Notes what was delivered, so that the timer does not tell of it again. */
  told(head: ConversationRow): void;
}

function changedIds(userId: string, options: LiveOptions, signal: AbortSignal): ChangedIds {
  const waiting = new Set<string>();
  const wake = new EventEmitter();
  const add = (id: string) => {
    waiting.add(id);
    wake.emit('wake');
  };
  // What is read just now is told as it is; should it change behind that, the next look tells of it.
  const reading = new Set<string>();
  const { told, look } = lookingOn(userId, options, signal, (id) => reading.has(id) || add(id));
  void collect(options.bus, userId, signal, { add, look });
  return {
    async take() {
      reading.clear();
      if (waiting.size === 0) await once(wake, 'wake', { signal }).catch(() => undefined);
      if (signal.aborted) return null;
      const ids = [...waiting].slice(0, placesOfLook);
      for (const id of ids) {
        waiting.delete(id);
        reading.add(id);
      }
      return ids;
    },
    told: ({ conversationId, lastActivityAt }) => void told.set(conversationId, lastActivityAt),
  };
}

interface Looking {
  /** When what was told was active, to be kept up. */
  told: Map<string, string>;
  look(): void;
}

/** Looks at the index at every interval, and when it is asked to, for activity that was not told. */
function lookingOn(
  userId: string,
  { store, log, interval }: LiveOptions,
  signal: AbortSignal,
  add: (id: string) => void,
): Looking {
  const told = new Map<string, string>();
  const opened = new Date().toISOString();
  let since = Date.now();
  const look = async () => {
    const above = new Date(since - overlap).toISOString();
    since = Date.now();
    for (const { conversationId, activity } of await store.inbox(userId, { limit: placesOfLook, above }))
      if (activityTime(activity) > (told.get(conversationId) ?? opened)) add(conversationId);
    for (const [id, at] of told) if (at < above) told.delete(id);
  };
  const failed = (err: unknown) => log.warn({ err }, 'an inbox could not be looked at');
  const lookQuietly = () => void look().catch(failed);
  const timer = setInterval(lookQuietly, interval);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return { told, look: lookQuietly };
}

/** An empty message says that others may have been missed. */
async function collect(
  bus: Bus,
  userId: string,
  signal: AbortSignal,
  { add, look }: { add(id: string): void; look(): void },
): Promise<void> {
  for await (const { conversationId } of bus.subscribe(inboxTopic(userId), signal, { catchUp: true }))
    if (conversationId === undefined) look();
    else add(String(conversationId));
}
