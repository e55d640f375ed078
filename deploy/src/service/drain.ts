/**
 * How long a task has to end. The balancer lets requests finish for as long as the process would; then the process is
 * told to end, and has that time once more, for those that came another way, with something to spare.
 */
const delaySeconds = 5;
const drainSeconds = 20;
const spareSeconds = 10;

/** The process's own view of it. */
export const drainVariables = { DRAIN_DELAY_SECONDS: String(delaySeconds), DRAIN_SECONDS: String(drainSeconds) };

/** What the balancer waits before it cuts what is still open at a task that leaves. */
export const deregistrationSeconds = delaySeconds + drainSeconds;

/** Until a container that was told to end is killed. */
export const stopSeconds = delaySeconds + drainSeconds + spareSeconds;
