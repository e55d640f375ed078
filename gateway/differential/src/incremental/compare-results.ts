/**
 * Where merged results contradict the single result of the same operation; undefined if they agree.
 *
 * Where the single result is null, the merged ones may have more: a null stops at its part and does not propagate to
 * the objects around it.
 */
export function contradiction(single: unknown, merged: unknown, path = 'data'): string | undefined {
  if (single === null) return undefined;
  if (Array.isArray(single)) {
    if (!Array.isArray(merged)) return `${path} is ${JSON.stringify(merged)} and not a list`;
    if (single.length !== merged.length) return `${path} has ${merged.length} items and not ${single.length}`;
    return first(single.map((item, index) => contradiction(item, merged[index], `${path}.${index}`)));
  }
  if (typeof single !== 'object')
    return Object.is(single, merged)
      ? undefined
      : `${path} is ${JSON.stringify(merged)} and not ${JSON.stringify(single)}`;
  if (typeof merged !== 'object' || merged === null) return `${path} is ${JSON.stringify(merged)} and not an object`;
  const others = Object.keys(merged).filter((key) => !Object.hasOwn(single, key));
  if (others.length > 0) return `${path} has ${others.join(', ')}, too`;
  return first(
    Object.entries(single).map(([key, value]) =>
      contradiction(value, (merged as Record<string, unknown>)[key], `${path}.${key}`),
    ),
  );
}

function first(found: readonly (string | undefined)[]): string | undefined {
  return found.find((one) => one !== undefined);
}
