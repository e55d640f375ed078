import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from './drill.js';
import type { ChaosOptions } from './options.js';
import { problemsOf } from './verdict.js';

/** Most problems that are told one by one. */
const mostTold = 20;

/** A drill in words, and whether all was well. */
export interface Report {
  text: string;
  isWell: boolean;
}

export function reportOf(outcome: Outcome, options: ChaosOptions): Report {
  const problems = [...outcome.refusals, ...problemsOf(outcome)];
  const lines = [
    ...figures(outcome, options),
    ...warnings(outcome.directory),
    ...told(problems),
    ...verdict(problems, options),
  ];
  return { text: lines.join('\n'), isWell: problems.length === 0 };
}

function figures({ sent, retries, listeners, lasted, directory }: Outcome, options: ChaosOptions): string[] {
  const deliveries = listeners.reduce((sum, { received }) => sum + received.length, 0);
  const connections = listeners.reduce((sum, listener) => sum + listener.connections(), 0);
  return [
    `seed ${options.seed}: ${sent.length} messages of ${options.senders} senders in ${(lasted / 1_000).toFixed(1)} s`,
    `${retries} attempts were made again, ${deliveries} messages delivered to ${listeners.length} listeners`,
    `listeners connected ${connections} times, gateways loaded the supergraph again ${logged(directory, 'gateway', 'supergraph loaded again')} times`,
    `from answer to delivery: ${lags(sent, listeners)}`,
  ];
}

/** Of messages that came before their answer the lag is negative; they count as they are. */
export function lags(sent: Outcome['sent'], listeners: Outcome['listeners']): string {
  const answers = new Map(sent.map(({ body, answeredAt }) => [body, answeredAt]));
  const all = listeners
    .flatMap(({ received }) => received.map(({ body, at }) => at - (answers.get(body) ?? at)))
    .sort((one, other) => one - other);
  const at = (share: number) => Math.round(all[Math.floor((all.length - 1) * share)] ?? 0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
}

/** What the processes warned of, each kind with its count. */
export function warnings(directory: string): string[] {
  const kinds = new Map<string, number>();
  for (const line of lines(directory, '').filter((text) => /"level":"(warn|error|fatal)"/.test(text))) {
    const { service, subgraph, msg, reason, detail } = JSON.parse(line) as Record<string, string | undefined>;
    const kind = [service, msg, subgraph, reason, detail].filter(Boolean).join(': ');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [...kinds].map(([kind, count]) => `  ${String(count).padStart(4)} x ${kind}`);
}

function logged(directory: string, prefix: string, text: string): number {
  return lines(directory, prefix).filter((line) => line.includes(text)).length;
}

function lines(directory: string, prefix: string): string[] {
  const logs = join(directory, 'logs');
  const files = readdirSync(logs).filter((file) => file.startsWith(prefix));
  return files.flatMap((file) => readFileSync(join(logs, file), 'utf8').split('\n'));
}

/** Problems in lines, not more than a person reads. */
export function told(problems: readonly string[]): string[] {
  const more = problems.length - mostTold;
  return [...problems.slice(0, mostTold), ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `  ${line}`);
}

function verdict(problems: readonly string[], { seed }: ChaosOptions): string[] {
  if (problems.length === 0) return ['Everybody got every message, in sequence, none twice, and no error.'];
  return [`${problems.length} problems. The same faults again: npm run chaos -- --seed ${seed}`];
}
