/** Milliseconds of a turn of the event loop that has little to do. */
const calm = 1;

/** Milliseconds after which another goes, however much there is to do. */
const patience = 10;

/**
 * Lets those who wait go on one at a time, at most one in a turn of the event loop, and later while it has much to do:
 * what takes milliseconds each and comes in hundreds at once does not hold up what takes none.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #lastWent = -Infinity;

  /** @param now milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  next(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.push(resolve) === 1) this.#wait();
    });
  }

  #wait(): void {
    const began = this.now();
    setImmediate(() => this.#turned(began));
  }

  #turned(began: number): void {
    const now = this.now();
    if (now - began <= calm || now - this.#lastWent >= patience) {
      this.#lastWent = now;
      this.#waiting.shift()?.();
    }
    if (this.#waiting.length > 0) this.#wait();
  }
}
