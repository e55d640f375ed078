import { EventEmitter, once } from 'node:events';
import type { BusMessage } from '@marquee/chassis/bus/bus';
import { causeOf } from '@marquee/chassis/bus/event-cause';
import type { TailPoll, Version } from '@marquee/chassis/bus/tail-poll';
import { coalesce } from '@marquee/chassis/timing/coalesce';
import { retryOnConflict, writeConflict } from '../database/transactions.js';
import type { MessagingStore } from '../store.js';
import { inboxTopic } from '../topics.js';
import { type ConversationVersion, type InboxChange, maxAppended } from './inbox-log-store.js';
import { type InboxConversation, inboxVersion } from './inbox-versions.js';

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
  store: Pick<MessagingStore, 'conversationIds' | 'inboxLog' | 'appendInboxChanges'>;
  /** Reads a conversation, together with those that other tails read at the same time. Null if it does not exist. */
  readConversation(id: string): Promise<InboxConversation | null>;
  tailPoll: TailPoll;
}

export function openInboxTail(userId: string, options: InboxTailOptions): InboxTail {
  const tail = new LogTail(userId, options);
  const closing = new AbortController();
  const followed = {
    topic: inboxTopic(userId),
    version: () => tail.version,
    async catchUp(stored: Version | undefined) {
      await tail.scan();
      tail.version = stored;
    },
    onNotification: (notification: BusMessage) => tail.compare(notification),
  };
  options.tailPoll.follow(userId, followed, closing.signal);
  return {
    scan: () => tail.scan(),
    last: () => tail.last,
    conversationIds: () => tail.conversationIds(),
    changesAfter: (position, limit) => tail.changesAfter(position, limit),
    waitForChange: (signal) => tail.waitForChange(signal),
    close: () => closing.abort(),
  };
}

/** The causes of changes, by the id of their conversation. */
type Causes = ReadonlyMap<string, string | undefined>;

class LogTail {
  last = 0;
  /** The version of the inbox as of a scan; undefined if it is not known. */
  version: Version | undefined;
  readonly #changes = new Map<string, InboxChange>();
  readonly #events = new EventEmitter().setMaxListeners(0);
  /** The conversations to compare with the log, with the latest known cause of their changes. */
  #notified = new Map<string, string | undefined>();
  #isScanDue = true;
  #isRead = false;
  readonly #poll = coalesce(() => this.#compareDue());

  constructor(
    private readonly userId: string,
    private readonly options: InboxTailOptions,
  ) {}

  scan(): Promise<void> {
    this.#isScanDue = true;
    return this.#poll();
  }

  compare(notification: BusMessage): Promise<void> {
    const id = String(notification['conversationId']);
    this.#notified.set(id, causeOf(notification) ?? this.#notified.get(id));
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
      const notified = this.#notified;
      this.#notified = new Map();
      if (isScan) await this.#compareAll(notified);
      else await this.#compare([...notified.keys()], notified);
    } catch (failure) {
      this.#isScanDue = true;
      throw failure;
    }
  }

  /** Compares the conversations of the user, and those of the log, which they may have left. */
  async #compareAll(causes: Causes): Promise<void> {
    const logged = [...this.#changes.values()].filter(({ version }) => !version.hasLeft);
    const ids = await this.options.store.conversationIds(this.userId);
    const all = [...new Set([...ids, ...logged.map(({ conversationId }) => conversationId)])];
    const compared = await this.#compare(all, causes);
    // The poll also counts conversations that the user has left, which are not read here: the version then remains.
    if (compared.length === this.#changes.size) this.version = inboxVersion(ids.length, compared);
  }

  async #compare(ids: readonly string[], causes: Causes): Promise<InboxConversation[]> {
    const found = await Promise.all(ids.map((id) => this.options.readConversation(id)));
    const conversations = found.filter((conversation) => conversation !== null);
    conversations.sort((one, other) => (one.lastActivityAt < other.lastActivityAt ? -1 : 1));
    const versions = conversations.flatMap((conversation) => {
      const version = this.#versionOf(conversation);
      return version ? [[conversation.conversationId, version] as const] : [];
    });
    for (let from = 0; from < versions.length; from += maxAppended)
      await this.#append(versions.slice(from, from + maxAppended), causes);
    return conversations;
  }

  /** Undefined for a conversation that the user has left, unless the log still contains it as theirs. */
  #versionOf(conversation: InboxConversation): ConversationVersion | undefined {
    const { conversationId, participants, lastSequence: messages, membership, reads } = conversation;
    if (participants.includes(this.userId)) return { messages, membership, reads };
    const known = this.#changes.get(conversationId)?.version;
    return known && { ...known, hasLeft: true };
  }

  async #append(versions: readonly (readonly [id: string, ConversationVersion])[], causes: Causes): Promise<void> {
    await retryOnConflict(async () => {
      const changed = versions.filter(([id, version]) => isNewer(version, this.#changes.get(id)?.version));
      if (changed.length === 0) return;
      const changes = changed.map(([conversationId, version], index) => {
        const traceparent = causes.get(conversationId);
        const change = { conversationId, version, position: this.last + 1 + index };
        return traceparent === undefined ? change : { ...change, traceparent };
      });
      if (await this.options.store.appendInboxChanges(this.userId, this.last, changes)) {
        this.#grow(this.last + changes.length, changes);
        return;
      }
      await this.#readLog();
      return writeConflict;
    });
  }

  /** Reads the changes that other replicas have appended. */
  async #readLog(): Promise<void> {
    const { last, changes } = await this.options.store.inboxLog(this.userId);
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
