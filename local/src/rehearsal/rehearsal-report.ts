import { formatDeliveryLag, type DrillReport, formatProblems, summarizeWarnings } from '../chaos/chaos-report.js';
import { findProblems } from '../chaos/delivery-checks.js';
import type { RehearsalResult } from './rehearsal.js';

/** A rehearsal in words. */
export function createRehearsalReport(rehearsed: RehearsalResult): DrillReport {
  const { load, listeners, sent, directory } = rehearsed;
  const problems = [...load.failures, ...findProblems(rehearsed)];
  const deliveries = listeners.reduce((sum, { received }) => sum + received.length, 0);
  const times = load.times.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round(times[Math.floor((times.length - 1) * share)] ?? 0);
  const lines = [
    `${load.requests} requests in ${load.seconds.toFixed(1)} s (${Math.round(load.requests / load.seconds)}/s), ${load.failures.length} failed`,
    `answers took p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`,
    `${sent.length} messages, ${deliveries} deliveries to ${listeners.length} live clients; from answer to delivery: ${formatDeliveryLag(sent, listeners)}`,
    ...summarizeWarnings(directory),
    ...formatProblems(problems),
    problems.length === 0 ? 'No request failed, and no event was lost.' : `${problems.length} problems.`,
  ];
  return { text: lines.join('\n'), passed: problems.length === 0 };
}
