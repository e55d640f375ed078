import { lags, type Report, told, warnings } from '../chaos/report.js';
import { problemsOf } from '../chaos/verdict.js';
import type { Rehearsed } from './rehearsal.js';

/** A rehearsal in words. */
export function reportOf(rehearsed: Rehearsed): Report {
  const { seen, listeners, sent, directory } = rehearsed;
  const problems = [...seen.failures, ...problemsOf(rehearsed)];
  const deliveries = listeners.reduce((sum, { received }) => sum + received.length, 0);
  const times = seen.times.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round(times[Math.floor((times.length - 1) * share)] ?? 0);
  const lines = [
    `${seen.requests} requests in ${seen.seconds.toFixed(1)} s (${Math.round(seen.requests / seen.seconds)}/s), ${seen.failures.length} failed`,
    `answers took p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`,
    `${sent.length} messages, ${deliveries} deliveries to ${listeners.length} live clients; from answer to delivery: ${lags(sent, listeners)}`,
    ...warnings(directory),
    ...told(problems),
    problems.length === 0 ? 'No request failed, and no event was lost.' : `${problems.length} problems.`,
  ];
  return { text: lines.join('\n'), isWell: problems.length === 0 };
}
