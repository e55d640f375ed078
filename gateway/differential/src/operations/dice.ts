import type { Random } from 'fast-check';

/** What generators decide with. */
export interface Dice {
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** True in so many of a hundred cases. */
  chance(percent: number): boolean;
  /** One of them. @throws RangeError when there is none */
  pick<T>(choices: readonly T[]): T;
}

export function createDice(random: Random): Dice {
  const below = (limit: number): number => random.nextInt(0, limit - 1);
  return {
    below,
    chance: (percent) => below(100) < percent,
    pick<T>(choices: readonly T[]): T {
      if (choices.length === 0) throw new RangeError('there is nothing to choose from');
      return choices[below(choices.length)] as T;
    },
  };
}
