import type { GraphqlResponse } from '@marquee/testkit/test-service';

/** Classifies a response: its error codes, or the value of the field with this name. */
export function outcomeOf({ data, errors }: GraphqlResponse, name: string, id: string): string {
  if (errors.length > 0) return [...new Set(errors.map(({ extensions }) => String(extensions['code'])))].join(' ');
  const value = findValue(data, name);
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return holds(value, id) ? 'ok' : 'empty';
  if (isRecord(value) && Array.isArray(value['edges'])) return holds(value['edges'].map(nodeOf), id) ? 'ok' : 'empty';
  return value === false || value === 0 ? 'empty' : 'ok';
}

/** Descends into the first field of each level until it finds the name. */
function findValue(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return findValue(value[0], name);
  if (!isRecord(value)) return null;
  if (name in value) return value[name];
  return findValue(Object.values(value)[0], name);
}

/** Whether the list contains the id. Entries without an id match any. */
function holds(entries: unknown[], id: string): boolean {
  return entries.some((entry) => !isRecord(entry) || !('id' in entry) || entry['id'] === id);
}

function nodeOf(edge: unknown): unknown {
  return isRecord(edge) ? edge['node'] : edge;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
