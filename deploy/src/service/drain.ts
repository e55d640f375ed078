/**
 * The shutdown times of a task. The load balancer first drains the target for as long as the process would. Then the
 * process receives SIGTERM, and drains requests from other sources for the same time, plus a margin.
 */
const delaySeconds = 5;
const drainSeconds = 20;
const marginSeconds = 10;

/** The settings of the process. */
export const drainVariables = { DRAIN_DELAY_SECONDS: String(delaySeconds), DRAIN_SECONDS: String(drainSeconds) };

/** The time after which the load balancer closes the remaining connections to a deregistered task. */
export const deregistrationSeconds = delaySeconds + drainSeconds;

/** The time between SIGTERM and SIGKILL. */
export const stopSeconds = delaySeconds + drainSeconds + marginSeconds;
