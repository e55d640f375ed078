import type { QueryPlan } from '@apollo/query-planner';
import type { GraphQLError } from 'graphql';
import { faultOf } from './faults.js';
import type { Described } from './messages.js';
import { giveBack, takeThread, type Thread, ThreadLost } from './threads.js';

/** Reads and plans over one supergraph in a thread of its own, so that nothing else of the process waits for it. */
export class Planner {
  #seat: Promise<Thread> | undefined;
  #pending = 0;
  #released = false;

  private constructor(
    private readonly sdl: string,
    thread: Thread,
    readonly described: Described,
  ) {
    this.#seat = Promise.resolve(thread);
  }

  /** @throws with the reason when the text is not a supergraph */
  static async open(sdl: string): Promise<Planner> {
    return new Planner(sdl, ...(await seated(sdl)));
  }

  /** @throws for an operation that cannot be planned */
  plan(text: string, operationName: string | undefined): Promise<QueryPlan> {
    return this.#asked((thread) => thread.ask({ text, operationName }));
  }

  /** What of a document that can be parsed does not fit what clients see. */
  async faults(document: string): Promise<GraphQLError[]> {
    const found = await this.#asked((thread) => thread.ask({ document }));
    return found.map((fault) => faultOf(document, fault));
  }

  async #asked<Answer>(ask: (thread: Thread) => Promise<Answer>): Promise<Answer> {
    this.#pending += 1;
    try {
      this.#seat ??= seated(this.sdl).then(([thread]) => thread);
      return await ask(await this.#seat);
    } catch (failure) {
      if (failure instanceof ThreadLost) this.#seat = undefined;
      throw failure;
    } finally {
      this.#pending -= 1;
      this.#leaveWhenDone();
    }
  }

  /** Frees the thread once it has nothing to do. What is asked later takes one again, for as long as it needs it. */
  release(): void {
    this.#released = true;
    this.#leaveWhenDone();
  }

  #leaveWhenDone(): void {
    if (!this.#released || this.#pending > 0) return;
    void this.#seat?.then(giveBack, () => undefined);
    this.#seat = undefined;
  }
}

/** A thread that has taken the supergraph in. */
async function seated(sdl: string): Promise<[Thread, Described]> {
  const thread = takeThread();
  try {
    return [thread, await thread.ask({ sdl })];
  } catch (failure) {
    giveBack(thread);
    throw failure;
  }
}
