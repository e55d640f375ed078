import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeliveryResult } from './delivery-drill.js';
import { findProblems } from './delivery-checks.js';
import type { DrillReport } from './scenarios/scenario.js';

/** Maximum number of problems that are printed. */
const maxPrinted = 20;

/** @param scenario the name with which the drill can be repeated */
export function createDeliveryReport(result: DeliveryResult, scenario: string): DrillReport {
  const problems = [...result.errors, ...findProblems(result)];
  const lines = [
    ...figures(result),
    ...summarizeWarnings(result.directory),
    ...formatProblems(problems),
    ...verdict(problems, result, scenario),
  ];
  return { text: lines.join('\n'), passed: problems.length === 0 };
}

function figures({ options, sent, retries, subscribers, durationMs, directory }: DeliveryResult): string[] {
  const deliveries = subscribers.reduce((sum, { received }) => sum + received.length, 0);
  const connections = subscribers.reduce((sum, subscriber) => sum + subscriber.connections(), 0);
  return [
    `seed ${options.seed}: ${sent.length} messages of ${options.senders} senders in ${(durationMs / 1_000).toFixed(1)} s`,
    `${retries} retries, ${deliveries} deliveries to ${subscribers.length} subscribers`,
    `subscribers connected ${connections} times, gateways loaded the supergraph again ${countLogLines(directory, 'gateway', 'supergraph reloaded')} times`,
    `from response to delivery: ${formatDeliveryLag(sent, subscribers)}`,
  ];
}

/** Formats the lag from response to delivery, which is negative for messages that arrive before their response. */
export function formatDeliveryLag(sent: DeliveryResult['sent'], subscribers: DeliveryResult['subscribers']): string {
  const responseTimes = new Map(sent.map(({ body, answeredAt }) => [body, answeredAt]));
  const all = subscribers
    .flatMap(({ received }) => received.map(({ body, at }) => at - (responseTimes.get(body) ?? at)))
    .sort((one, other) => one - other);
  const at = (share: number) => Math.round(all[Math.floor((all.length - 1) * share)] ?? 0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
}

/** The warnings in the logs of all processes, each kind with its count. */
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

/** Formats problems, one per line, up to a maximum. */
export function formatProblems(problems: readonly string[]): string[] {
  const more = problems.length - maxPrinted;
  return [...problems.slice(0, maxPrinted), ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `  ${line}`);
}

function verdict(problems: readonly string[], { options }: DeliveryResult, scenario: string): string[] {
  if (problems.length === 0)
    return ['All subscribers received every message exactly once, in order, complete and without errors.'];
  return [
    `${problems.length} problems. Repeat with the same failures: npm run chaos -- ${scenario} --seed ${options.seed}`,
  ];
}
