import type { Leaving } from '@marquee/chassis/telemetry/request';

/** Why an answer is not waited for any more. */
export type AbortReason = 'timeout' | 'client_gone';

/** The time that one answer has, with all attempts at it. Whatever waits for it listens in turn, one at a time. */
export class Deadline {
  readonly #at: number;
  readonly #timer: NodeJS.Timeout;
  readonly #leave = (): void => this.#end('client_gone');
  #ending: AbortReason | undefined;
  #act: ((ending: AbortReason) => void) | undefined;

  /** @param leaving who waits for the answer */
  constructor(
    milliseconds: number,
    private readonly leaving?: Leaving,
  ) {
    this.#at = performance.now() + milliseconds;
    this.#timer = setTimeout(() => this.#end('timeout'), milliseconds);
    leaving?.whenGone(this.#leave);
  }

  /** Milliseconds. */
  remainingMs(): number {
    return this.#at - performance.now();
  }

  /** Has this called when it is over, at once when it is, in place of what was given before. */
  onAbort(act: (ending: AbortReason) => void): void {
    this.#act = act;
    if (this.#ending) act(this.#ending);
  }

  /** The answer is there. */
  close(): void {
    clearTimeout(this.#timer);
    this.leaving?.forget(this.#leave);
    this.#act = undefined;
  }

  #end(ending: AbortReason): void {
    if (this.#ending) return;
    this.#ending = ending;
    this.#act?.(ending);
  }
}
