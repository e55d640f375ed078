import { EventEmitter, once } from 'node:events';
import type { BusMessage } from '@marquee/chassis/bus/bus';
import type { TailPoll, Version } from '@marquee/chassis/bus/tail-poll';
import { coalesce } from '@marquee/chassis/timing/coalesce';
import type { ConversationRow } from '../conversations/conversation-row.js';
import { isParticipant } from '../conversations/participant-rules.js';
import { retryOnConflict, writeConflict } from '../database/transactions.js';
import type { ReadsRow } from '../read-receipts/read-mark-row.js';
import type { MessagingStore } from '../store.js';
import { inboxTopic } from '../topics.js';
import { type ConversationVersion, type InboxChange, maxAppended } from './inbox-log-store.js';

/** The change log of one user's inbox, which grows while it has subscribers. */
export interface InboxTail {
  /** Compares all conversations of the user with the log, and appends those that have changed. */
  scan(): Promise<void>;
  /** The position of the latest change. */
  last(): number;
  /** The conversations in the log, in any order. */
  conversationIds(): string[];
  /** The first changes after a position: the latest one of each conversation, in order. */
  changesAfter(position: number, limit: number): InboxChange[];
  /** Resolves when the log grows, and when the signal aborts. */
  waitForChange(signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface InboxTailOptions {
  store: MessagingStore;
  tailPoll: TailPoll;
}

export function openInboxTail(userId: string, { store, tailPoll }: InboxTailOptions): InboxTail {
  const tail = new LogTail(userId, store);
  const closing = new AbortController();
  let scanned: Version | undefined;
  const followed = {
    topic: inboxTopic(userId),
    version: () => scanned,
    async catchUp(stored: Version | undefined) {
      await tail.scan();
      scanned = stored;
    },
    onNotification: (notification: BusMessage) => tail.compare(String(notification['conversationId'])),
  };
  tailPoll.follow(userId, followed, closing.signal);
  return {
    scan: () => tail.scan(),
    last: () => tail.last,
    conversationIds: () => tail.conversationIds(),
    changesAfter: (position, limit) => tail.changesAfter(position, limit),
    waitForChange: (signal) => tail.waitForChange(signal),
    close: () => closing.abort(),
  };
}

class LogTail {
  last = 0;
  readonly #changes = new Map<string, InboxChange>();
  readonly #events = new EventEmitter().setMaxListeners(0);
  /** Conversations to compare with the log. */
  readonly #notified = new Set<string>();
  #isScanDue = true;
  #isRead = false;
  readonly #poll = coalesce(() => this.#compareDue());

  constructor(
    private readonly userId: string,
    private readonly store: MessagingStore,
  ) {}

  scan(): Promise<void> {
    this.#isScanDue = true;
    return this.#poll();
  }

  compare(conversationId: string): Promise<void> {
    this.#notified.add(conversationId);
    return this.#poll();
  }

  conversationIds(): string[] {
    return [...this.#changes.keys()];
  }

  changesAfter(position: number, limit: number): InboxChange[] {
    if (position >= this.last) return [];
    const changes = [...this.#changes.values()].filter((change) => change.position > position);
    return changes.sort((one, other) => one.position - other.position).slice(0, limit);
  }

  async waitForChange(signal: AbortSignal): Promise<void> {
    await once(this.#events, 'change', { signal }).catch(() => undefined);
  }

  /** A failure makes a scan due, since it is not known which conversations were compared. */
  async #compareDue(): Promise<void> {
    try {
      if (!this.#isRead) await this.#readLog();
      const isScan = this.#isScanDue;
      this.#isScanDue = false;
      const ids = isScan ? await this.#conversationIds() : [...this.#notified];
      this.#notified.clear();
      await this.#compare(ids);
    } catch (failure) {
      this.#isScanDue = true;
      throw failure;
    }
  }

  /** The conversations of the user, and those of the log, which they may have left. */
  async #conversationIds(): Promise<string[]> {
    const logged = [...this.#changes.values()].filter(({ version }) => !version.hasLeft);
    const ids = await this.store.conversationIds(this.userId);
    return [...new Set([...ids, ...logged.map(({ conversationId }) => conversationId)])];
  }

  async #compare(ids: readonly string[]): Promise<void> {
    const [conversations, reads] = await Promise.all([
      this.store.conversations(ids, this.userId),
      this.store.reads(ids),
    ]);
    const readsById = new Map(reads.map((row) => [row.conversationId, row]));
    conversations.sort((one, other) => (one.lastActivityAt < other.lastActivityAt ? -1 : 1));
    const versions = conversations.flatMap((row) => {
      const version = this.#versionOf(row, readsById.get(row.conversationId));
      return version ? [[row.conversationId, version] as const] : [];
    });
    for (let from = 0; from < versions.length; from += maxAppended)
      await this.#append(versions.slice(from, from + maxAppended));
  }

  /** Undefined for a conversation that the user has left, unless the log still contains it as theirs. */
  #versionOf(conversation: ConversationRow, reads: ReadsRow | undefined): ConversationVersion | undefined {
    const { conversationId, lastSequence, membership } = conversation;
    if (isParticipant(this.userId, conversation))
      return { messages: lastSequence, membership, reads: reads?.changes ?? 0 };
    const known = this.#changes.get(conversationId)?.version;
    return known && { ...known, hasLeft: true };
  }

  async #append(versions: readonly (readonly [id: string, ConversationVersion])[]): Promise<void> {
    await retryOnConflict(async () => {
      const changed = versions.filter(([id, version]) => isNewer(version, this.#changes.get(id)?.version));
      if (changed.length === 0) return;
      const changes = changed.map(([conversationId, version], index) => {
        return { conversationId, version, position: this.last + 1 + index };
      });
      if (await this.store.appendInboxChanges(this.userId, this.last, changes)) {
        this.#grow(this.last + changes.length, changes);
        return;
      }
      await this.#readLog();
      return writeConflict;
    });
  }

  /** Reads the changes that other replicas have appended. */
  async #readLog(): Promise<void> {
    const { last, changes } = await this.store.inboxLog(this.userId);
    this.#isRead = true;
    this.#grow(last, changes);
  }

  #grow(last: number, changes: readonly InboxChange[]): void {
    for (const change of changes) this.#changes.set(change.conversationId, change);
    this.last = last;
    this.#events.emit('change');
  }
}

/** Versions that were read at different times are compared by each counter. */
function isNewer(version: ConversationVersion, known: ConversationVersion | undefined): boolean {
  if (!known) return true;
  if (version.hasLeft) return !known.hasLeft;
  return version.messages > known.messages || version.membership > known.membership || version.reads > known.reads;
}
