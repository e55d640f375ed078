/** How often an attempt is repeated. */
const maxRepeats = 5;

/**
 * Repeats a failed attempt that depends on a duration of the product, if the machine was too busy for it. Each attempt needs
 * data of its own.
 *
 * @param ms milliseconds within which a failure counts
 * @throws the failure of an attempt that was fast enough, or of the last one
 */
export async function repeatIfSlow(ms: number, attempt: () => Promise<void>): Promise<void> {
  for (let left = maxRepeats; ; left -= 1) {
    const startedAt = performance.now();
    try {
      return await attempt();
    } catch (failure) {
      if (left === 0 || performance.now() - startedAt < ms) throw failure;
    }
  }
}
