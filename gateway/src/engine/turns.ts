import { keepWhatIsNew } from './lasting.js';

/** What is known of an event loop; milliseconds since some moment, and how many of them it had something to do in. */
export interface LoopTime {
  now: number;
  active: number;
}

/** Most of the time since the last went that the loop may have been busy when another goes. */
const share = 0.35;

/** Milliseconds after which another goes, however much there is to do, and between two looks whether one may. */
const patience = 10;
const between = 2;

/** After how many that have gone what they made is moved to where it stays. */
const keeping = 8;

/**
 * Lets those who wait go on one at a time, at once when it is long since the last, and no oftener than leaves the event
 * loop most of its time: what takes milliseconds each and comes in hundreds at once does not hold up what takes none.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #gone = 0;
  #last: LoopTime = { now: -Infinity, active: 0 };

  constructor(private readonly loop: () => LoopTime = loopTime) {}

  next(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.push(resolve) === 1) this.#look();
    });
  }

  #look(): void {
    const time = this.loop();
    const waited = time.now - this.#last.now;
    if (waited >= patience || (waited >= between && time.active - this.#last.active <= share * waited)) {
      this.#last = time;
      this.#waiting.shift()?.();
      if (++this.#gone % keeping === 0) setImmediate(keepWhatIsNew);
    }
    if (this.#waiting.length > 0) setTimeout(() => this.#look(), between);
  }
}

function loopTime(): LoopTime {
  return { now: performance.now(), active: performance.eventLoopUtilization().active };
}
