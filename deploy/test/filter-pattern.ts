/**
 * Evaluates the part of CloudWatch's filter patterns that the runbook uses: a term in quotes, and JSON patterns of
 * comparisons with texts, in which `*` stands for any characters, joined by `&&` or by `||`.
 *
 * @throws Error if the pattern uses anything else
 */
export function matchesPattern(pattern: string, line: string): boolean {
  const term = /^"([^"]+)"$/.exec(pattern)?.[1];
  if (term !== undefined) return line.includes(term);
  const inner = /^\{ (.+) \}$/.exec(pattern)?.[1];
  if (inner === undefined) throw new Error(`The pattern ${pattern} is neither a term nor a JSON pattern.`);
  if (inner.includes('&&') && inner.includes('||')) throw new Error(`${pattern} mixes && and || without brackets.`);
  const record = parsed(line);
  if (record === undefined) return false;
  const matches = (comparison: string) => compares(comparison, record);
  return inner.includes('||') ? inner.split(' || ').some(matches) : inner.split(' && ').every(matches);
}

function compares(comparison: string, record: Record<string, unknown>): boolean {
  const [, name = '', text = ''] = /^\$\.(\w+) = "([^"]+)"$/.exec(comparison) ?? [];
  if (name === '') throw new Error(`The comparison ${comparison} is not of a field with a text.`);
  const value = record[name];
  // As in CloudWatch, a text never equals a number.
  if (typeof value !== 'string') return false;
  const parts = text.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(value);
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
