import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaosResult } from './chaos-drill.js';
import type { ChaosOptions } from './chaos-options.js';
import { findProblems } from './delivery-checks.js';

/** Most problems that are told one by one. */
const maxPrinted = 20;

/** A drill in words, and whether all was well. */
export interface DrillReport {
  text: string;
  passed: boolean;
}

export function createChaosReport(outcome: ChaosResult, options: ChaosOptions): DrillReport {
  const problems = [...outcome.errors, ...findProblems(outcome)];
  const lines = [
    ...figures(outcome, options),
    ...summarizeWarnings(outcome.directory),
    ...formatProblems(problems),
    ...verdict(problems, options),
  ];
  return { text: lines.join('\n'), passed: problems.length === 0 };
}

function figures({ sent, retries, listeners, lasted, directory }: ChaosResult, options: ChaosOptions): string[] {
  const deliveries = listeners.reduce((sum, { received }) => sum + received.length, 0);
  const connections = listeners.reduce((sum, listener) => sum + listener.connections(), 0);
  return [
    `seed ${options.seed}: ${sent.length} messages of ${options.senders} senders in ${(lasted / 1_000).toFixed(1)} s`,
    `${retries} attempts were made again, ${deliveries} messages delivered to ${listeners.length} listeners`,
    `listeners connected ${connections} times, gateways loaded the supergraph again ${countLogLines(directory, 'gateway', 'supergraph reloaded')} times`,
    `from answer to delivery: ${formatDeliveryLag(sent, listeners)}`,
  ];
}

/** Of messages that came before their answer the lag is negative; they count as they are. */
export function formatDeliveryLag(sent: ChaosResult['sent'], listeners: ChaosResult['listeners']): string {
  const answers = new Map(sent.map(({ body, answeredAt }) => [body, answeredAt]));
  const all = listeners
    .flatMap(({ received }) => received.map(({ body, at }) => at - (answers.get(body) ?? at)))
    .sort((one, other) => one - other);
  const at = (share: number) => Math.round(all[Math.floor((all.length - 1) * share)] ?? 0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
}

/** What the processes warned of, each kind with its count. */
export function summarizeWarnings(directory: string): string[] {
  const kinds = new Map<string, number>();
  for (const line of readLogLines(directory, '').filter((text) => /"level":"(warn|error|fatal)"/.test(text))) {
    const { service, subgraph, msg, reason, detail } = JSON.parse(line) as Record<string, string | undefined>;
    const kind = [service, msg, subgraph, reason, detail].filter(Boolean).join(': ');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [...kinds].map(([kind, count]) => `  ${String(count).padStart(4)} x ${kind}`);
}

function countLogLines(directory: string, prefix: string, text: string): number {
  return readLogLines(directory, prefix).filter((line) => line.includes(text)).length;
}

function readLogLines(directory: string, prefix: string): string[] {
  const logs = join(directory, 'logs');
  const files = readdirSync(logs).filter((file) => file.startsWith(prefix));
  return files.flatMap((file) => readFileSync(join(logs, file), 'utf8').split('\n'));
}

/** Problems in lines, not more than a person reads. */
export function formatProblems(problems: readonly string[]): string[] {
  const more = problems.length - maxPrinted;
  return [...problems.slice(0, maxPrinted), ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `  ${line}`);
}

function verdict(problems: readonly string[], { seed }: ChaosOptions): string[] {
  if (problems.length === 0) return ['Everybody got every message, in sequence, none twice, and no error.'];
  return [`${problems.length} problems. The same faults again: npm run chaos -- --seed ${seed}`];
}
