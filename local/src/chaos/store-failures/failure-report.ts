import { formatProblems } from '../delivery-report.js';
import type { DrillReport } from '../scenarios/scenario.js';
import type { FailureVerdict } from './failure-verdict.js';

const head = [
  'store',
  'failure',
  'p95 of other services before',
  'during',
  'healthy after',
  'writes acknowledged',
  'unconfirmed',
  'lost',
  'doubled',
  'INTERNAL',
];

export function createFailureReport(verdicts: readonly FailureVerdict[], warnings: readonly string[]): DrillReport {
  const problems = verdicts.flatMap((verdict) => verdict.problems);
  const table = markdownTable([head, ...verdicts.map(rowOf)]);
  const lines = [
    table,
    ...warnings,
    ...formatProblems(problems),
    problems.length === 0
      ? 'Other services were unaffected, and no write was lost or doubled.'
      : `${problems.length} problems.`,
  ];
  return { text: lines.join('\n'), passed: problems.length === 0, table };
}

function rowOf({ failure, p95, healthyAfterMs, writes, internal }: FailureVerdict): string[] {
  const counts = [writes.acknowledged, writes.unconfirmed, writes.lost, writes.doubled, internal].map(String);
  return [
    failure.store,
    `${failure.name}, ${Number(failure.seconds.toFixed(1))} s`,
    `${Math.round(p95.before)} ms`,
    `${Math.round(p95.during)} ms`,
    `${(healthyAfterMs / 1_000).toFixed(1)} s`,
    ...counts,
  ];
}

/** Formats a table in the layout of the code formatter; the first two columns are left-aligned. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const isText = (column: number) => column < 2;
  const pad = (row: readonly string[]) =>
    widths.map((width, column) => {
      const cell = row[column] ?? '';
      return isText(column) ? cell.padEnd(width) : cell.padStart(width);
    });
  const rule = widths.map((width, column) => (isText(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [first = [], ...body] = rows;
  return [pad(first), rule, ...body.map(pad)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
