import { findProblems } from '../chaos/delivery-checks.js';
import { formatDeliveryLag, formatProblems, summarizeWarnings } from '../chaos/delivery-report.js';
import type { DrillReport } from '../chaos/scenarios/scenario.js';
import type { RehearsalResult } from './rehearsal.js';

/** Formats the result of a rehearsal. */
export function createRehearsalReport(result: RehearsalResult): DrillReport {
  const { load, subscribers, sent, directory } = result;
  const problems = [...load.failures, ...findProblems(result)];
  const deliveries = subscribers.reduce((sum, { received }) => sum + received.length, 0);
  const times = load.times.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round(times[Math.floor((times.length - 1) * share)] ?? 0);
  const lines = [
    `${load.requests} requests in ${load.seconds.toFixed(1)} s (${Math.round(load.requests / load.seconds)}/s), ${load.failures.length} failed`,
    `latency p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`,
    `${sent.length} messages, ${deliveries} deliveries to ${subscribers.length} subscribers; from response to delivery: ${formatDeliveryLag(sent, subscribers)}`,
    ...summarizeWarnings(directory),
    ...formatProblems(problems),
    problems.length === 0 ? 'No request failed and no event was lost.' : `${problems.length} problems.`,
  ];
  return { text: lines.join('\n'), passed: problems.length === 0 };
}
