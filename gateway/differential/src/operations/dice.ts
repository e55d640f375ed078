import type { Random } from 'fast-check';

/** The source of random decisions. */
export interface Dice {
  /** An integer from 0 up to, but excluding, `limit`. */
  below(limit: number): number;
  /** True with this probability in percent. */
  chance(percent: number): boolean;
  /** A random element. @throws RangeError for an empty list */
  pick<T>(choices: readonly T[]): T;
}

export function createDice(random: Random): Dice {
  const below = (limit: number): number => random.nextInt(0, limit - 1);
  return {
    below,
    chance: (percent) => below(100) < percent,
    pick<T>(choices: readonly T[]): T {
      if (choices.length === 0) throw new RangeError('There are no choices.');
      return choices[below(choices.length)] as T;
    },
  };
}
