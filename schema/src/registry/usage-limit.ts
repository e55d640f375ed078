/** How much use of a changed element is accepted. */
export interface UsageLimit {
  /** The days of recorded use that are considered; with 0, only registered operations are. */
  days: number;
  /** The number of uses in that period from which a change is refused, or a share of all operations. */
  threshold: { uses: number } | { share: number };
}

/** Any use in the last 30 days refuses a change. */
export const defaultUsageLimit: UsageLimit = { days: 30, threshold: { uses: 1 } };

/** Whether a change is refused for this number of uses, of the given number of operations. */
export function isOverLimit({ threshold }: UsageLimit, uses: number, operations: number): boolean {
  if (uses === 0) return false;
  return 'uses' in threshold ? uses >= threshold.uses : uses >= threshold.share * operations;
}

/**
 * Reads the options of a command.
 * @param days a whole number of days
 * @param threshold a number of uses, or a share of all operations such as `0.1%`
 * @throws Error naming the option that is invalid
 */
export function readUsageLimit(days: string | undefined, threshold: string | undefined): UsageLimit {
  return {
    days: days === undefined ? defaultUsageLimit.days : readDays(days),
    threshold: threshold === undefined ? defaultUsageLimit.threshold : readThreshold(threshold),
  };
}

function readDays(text: string): number {
  const days = Number(text);
  if (/^\d+$/.test(text) && days <= 90) return days;
  throw new Error(`--days: expected a number from 0 to 90, not "${text}".`);
}

function readThreshold(text: string): UsageLimit['threshold'] {
  const [, number = '', percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  if (percent === '%' && Number(number) <= 100) return { share: Number(number) / 100 };
  if (/^[1-9]\d*$/.test(number)) return { uses: Number(number) };
  throw new Error(`--threshold: expected a number of uses from 1, or a share such as 0.1%, not "${text}".`);
}
