/** JSON that is the same whatever the order of an object's fields. */
export function canonicalJson(value: unknown): string {
  return String(JSON.stringify(value, (_, held: unknown) => (isRecord(held) ? sortFields(held) : held)));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortFields(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
