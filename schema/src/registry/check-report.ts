import type { Check, CheckedChange, Considered } from './check.js';
import type { ObservedUse } from './usage.js';

/** The formats of a check's result. */
export type ReportFormat = 'text' | 'markdown' | 'json';

/** Describes the result of a check. The Markdown is a comment for a pull request. */
export function describeCheck(check: Check, format: ReportFormat, allow?: string): string {
  if (format === 'json') return `${JSON.stringify({ ...check, ...(allow !== undefined && { allow }) }, null, 2)}\n`;
  return format === 'markdown' ? markdownReport(check, allow) : textReport(check);
}

/** The users of a changed element, one text each. */
export function describeUsers({ usedBy, observed }: Pick<CheckedChange, 'usedBy' | 'observed'>): string[] {
  return [...usedBy, ...observed.map(describeUse)].map((user) => `used by ${user}`);
}

function describeUse({ client, count, lastUsed }: ObservedUse): string {
  return `${client}: ${describeCount(count, 'operation')}, last reported ${lastUsed.slice(0, 16)}Z`;
}

function textReport({ problems, changes, considered }: Check): string {
  const lines = changes.map((change) =>
    [`${change.level.padEnd(9)} ${change.message}`, ...describeUsers(change).map((user) => `          ${user}`)].join(
      '\n',
    ),
  );
  const isBreaking = changes.some(({ level }) => level === 'breaking');
  const notes = isBreaking ? [`${describeConsidered(considered)}.`] : [];
  return [...problems, ...lines, ...notes].map((line) => `${line}\n`).join('');
}

function markdownReport(check: Check, allow: string | undefined): string {
  const { problems, changes, passes, considered } = check;
  const isAllowed = allow !== undefined && !passes && problems.length === 0;
  const verdict = passes
    ? '✅ may be published'
    : isAllowed
      ? '⚠️ breaks clients, and is allowed'
      : '❌ must not be published';
  const levels = (['breaking', 'dangerous', 'safe'] as const).map((level) =>
    changes.filter((change) => change.level === level),
  );
  const [breaking = [], dangerous = [], safe = []] = levels;
  const parts = [
    `### Schema check: ${verdict}`,
    ...(isAllowed ? [`Reason: ${escape(allow)}`] : []),
    ...(problems.length > 0 ? [problems.map((problem) => `- ${escape(problem)}`).join('\n')] : []),
    ...(breaking.length > 0 ? [breakingTable(breaking)] : []),
    ...section('dangerous changes', dangerous),
    ...section('safe changes', safe),
    ...(problems.length + changes.length === 0 ? ['The public schema is the same.'] : []),
    `${describeConsidered(considered)}.`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function breakingTable(changes: readonly CheckedChange[]): string {
  const rows = changes.map((change) => {
    const users = describeUsers(change).map((user) => escape(user.replace(/^used by /, '')));
    return `| ${change.isRefused ? '❌' : '✅'} | ${escape(change.message)} | ${users.join('<br>') || 'no client'} |`;
  });
  return ['|  | breaking change | used by |', '| --- | --- | --- |', ...rows].join('\n');
}

function section(title: string, changes: readonly CheckedChange[]): string[] {
  if (changes.length === 0) return [];
  const items = changes.map(({ message }) => `- ${escape(message)}`).join('\n');
  return [`<details><summary>${changes.length} ${title}</summary>\n\n${items}\n\n</details>`];
}

function describeConsidered({ limit, operations, clients }: Considered): string {
  const { days, threshold } = limit;
  if (days === 0) return 'Recorded use was not considered';
  const accepted =
    'uses' in threshold ? describeCount(threshold.uses, 'use') : `${threshold.share * 100} % of operations`;
  const period = `in the last ${describeCount(days, 'day')}`;
  if (operations === 0)
    return `No use of the schema was recorded ${period}: only registered operations were considered`;
  const recorded = `${describeCount(operations, 'operation')} of ${describeCount(clients, 'client')}`;
  return `Considered ${recorded} ${period}; refused from ${accepted} on`;
}

function describeCount(count: number, unit: string): string {
  return `${count.toLocaleString('en-GB')} ${unit}${count === 1 ? '' : 's'}`;
}

/** Text of others must not format the comment, or mention its readers. */
function escape(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#@~]/g, (character) => `&#${character.charCodeAt(0)};`).replaceAll('\n', ' ');
}
