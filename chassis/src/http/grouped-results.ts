/**
 * One message for the same result of many operations of a socket, which graphql-transport-ws does not have. One change may
 * be an event of thousands of streams of a socket: its result is serialised, sent and parsed once for all of them. A client
 * that understands such messages states it in the payload of its connection_init:
 *
 *     {"type":"next","ids":["1","2"],"payload":{"data":{}}}
 */
import type { ExecutionResult } from 'graphql';
import { MessageType } from 'graphql-ws';
import { z } from 'zod';
import { getOrCreate } from '../caching/memoize.js';

/** The parameter of connection_init with which a client accepts messages with several ids; its value is `true`. */
export const groupedResultsParameter = 'x-marquee-grouped-results';

/** The same result of several operations. */
export interface GroupedNextMessage {
  ids: string[];
  payload: ExecutionResult;
}

const groupStart = `{"type":"${MessageType.Next}","ids":`;

/** The text of a `next` message for one or several operations, up to its payload. A brace follows the payload. */
export function nextStart(ids: readonly string[]): string {
  const { length, 0: id } = ids;
  if (length === 1) return `{"id":${JSON.stringify(id)},"type":"${MessageType.Next}","payload":`;
  return `${groupStart}${JSON.stringify(ids)},"payload":`;
}

/** The message in a text for several operations; undefined for any other text. */
export function parseGroupedNext(text: string): GroupedNextMessage | undefined {
  return text.startsWith(groupStart) ? groupedMessage.safeParse(parseJson(text)).data : undefined;
}

const groupedMessage: z.ZodType<GroupedNextMessage> = z.object({
  ids: z.array(z.string()),
  payload: z.custom<ExecutionResult>((value) => typeof value === 'object' && value !== null),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface ResultGroupsOptions<Operation> {
  /** Whether the operation may still be sent results. */
  isActive(operation: Operation): boolean;
  /** Sends one result to some operations, all of them active. Rejects, and does not throw, if it cannot. */
  send(operations: readonly Operation[], result: ExecutionResult): Promise<void>;
}

/**
 * Collects results until all promises that are settled have had their effects, and sends equal ones together. An operation
 * has one result at a time; its next one may follow in the same turn of the event loop.
 */
export class ResultGroups<Operation> {
  #groups = new Map<ExecutionResult, Group<Operation>>();

  constructor(private readonly options: ResultGroupsOptions<Operation>) {}

  /** Resolves once the result has left this process, or is no longer wanted. */
  send(operation: Operation, result: ExecutionResult): Promise<void> {
    if (this.#groups.size === 0) process.nextTick(() => this.#flush());
    const group = getOrCreate(this.#groups, result, () => new Group<Operation>());
    group.operations.push(operation);
    return group.sent;
  }

  #flush(): void {
    const groups = this.#groups;
    this.#groups = new Map();
    for (const [result, { operations, settle }] of groups) {
      const active = operations.filter((operation) => this.options.isActive(operation));
      settle(active.length === 0 ? undefined : this.options.send(active, result));
    }
  }
}

class Group<Operation> {
  readonly operations: Operation[] = [];
  readonly sent: Promise<void>;
  settle: (sent: Promise<void> | undefined) => void = () => undefined;

  constructor() {
    this.sent = new Promise((resolve) => (this.settle = resolve));
  }
}
