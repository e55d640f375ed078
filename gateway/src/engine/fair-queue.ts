import { LRUCache } from 'lru-cache';

/** Where work comes from. */
export interface WorkOrigin {
  /** The network address of the client. */
  address: string;
  /** The caller: all guests have the same key. */
  caller: string;
  /** How the client names itself; absent without a name. */
  client?: ClientName | undefined;
}

/** An application, not a person. */
export interface ClientName {
  name: string;
  version: string | undefined;
}

/** Tasks that may wait for one caller at one address, for one address, and in total. */
const limits = { caller: 64, address: 256, total: 4_096 };

/** Maximum of remembered addresses, and of remembered callers at one address. */
const maxRemembered = 4_096;

interface AddressQueue<Task> {
  count: number;
  byCaller: Map<string, Task[]>;
  usage: Usage;
}

/**
 * A queue that shares a resource fairly: the next task is one of the address that has used the least, and at that
 * address one of the caller that has used the least. A caller with many tasks, or with tasks that take long, only
 * delays their own. Source: start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996), over two levels.
 */
export class FairQueue<Task> {
  readonly #waiting = new Map<string, AddressQueue<Task>>();
  readonly #addressUsage = new Usage();
  readonly #callerUsage = new LRUCache<string, Usage>({ max: maxRemembered });
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Appends a task. @returns false if too many tasks of its origin, or too many in total, are waiting */
  push(task: Task, { address, caller }: WorkOrigin): boolean {
    const queue = this.#waiting.get(address) ?? {
      count: 0,
      byCaller: new Map<string, Task[]>(),
      usage: this.#usageAt(address),
    };
    const tasks = queue.byCaller.get(caller) ?? [];
    if (tasks.length >= limits.caller || queue.count >= limits.address || this.#size >= limits.total) return false;
    tasks.push(task);
    queue.byCaller.set(caller, tasks);
    queue.count += 1;
    this.#waiting.set(address, queue);
    this.#size += 1;
    return true;
  }

  /** Removes the next task. Charge its origin with its use before the next call. */
  shift(): { task: Task; origin: WorkOrigin } | undefined {
    const address = this.#addressUsage.startNext(this.#waiting.keys());
    const queue = address === undefined ? undefined : this.#waiting.get(address);
    const caller = queue?.usage.startNext(queue.byCaller.keys());
    if (address === undefined || !queue || caller === undefined) return undefined;
    const tasks = queue.byCaller.get(caller) ?? [];
    const [task] = tasks.splice(0, 1) as [Task];
    if (tasks.length === 0) queue.byCaller.delete(caller);
    queue.count -= 1;
    if (queue.count === 0) this.#waiting.delete(address);
    this.#size -= 1;
    return { task, origin: { address, caller } };
  }

  /** Charges an origin with the use of the resource, in any unit. */
  charge({ address, caller }: WorkOrigin, use: number): void {
    this.#addressUsage.charge(address, use);
    this.#usageAt(address).charge(caller, use);
  }

  #usageAt(address: string): Usage {
    const usage = this.#callerUsage.get(address) ?? new Usage();
    this.#callerUsage.set(address, usage);
    return usage;
  }
}

/** The use of several competitors. */
class Usage {
  readonly #used = new LRUCache<string, number>({ max: maxRemembered });
  /** The use of the competitor that started last, before its start. An idle one starts here: idling saves nothing up. */
  #clock = 0;

  /** The competitor that has used the least; of several, the first. */
  startNext(names: Iterable<string>): string | undefined {
    let least: { name: string; use: number } | undefined;
    for (const name of names) {
      const use = this.#useOf(name);
      if (!least || use < least.use) least = { name, use };
    }
    if (least) this.#clock = least.use;
    return least?.name;
  }

  charge(name: string, use: number): void {
    this.#used.set(name, this.#useOf(name) + use);
  }

  #useOf(name: string): number {
    return Math.max(this.#used.get(name) ?? 0, this.#clock);
  }
}
