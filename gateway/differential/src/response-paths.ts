/** Response names and list indices. */
export type ResponsePath = readonly (string | number)[];

export function startsWith(path: ResponsePath, start: ResponsePath): boolean {
  return start.length <= path.length && start.every((part, index) => part === path[index]);
}

export function withoutIndices(path: ResponsePath): ResponsePath {
  return path.map((part) => (typeof part === 'number' ? '@' : part));
}

/** The path of the null above the end of a path; undefined without one. */
export function nullAbove(data: unknown, path: ResponsePath): ResponsePath | undefined {
  let value = data;
  for (const [index, part] of path.entries()) {
    if (value === null) return path.slice(0, index);
    if (typeof value !== 'object') return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return undefined;
}

/** Whether a path leads to a field that an object of the response does not have. */
export function leavesResponse(data: unknown, path: ResponsePath): boolean {
  const known = existingPart(data, path);
  return known.length < path.length && typeof valueAt(data, known) === 'object' && valueAt(data, known) !== null;
}

/** The start of a path that leads to values of the response. */
export function existingPart(data: unknown, path: ResponsePath): ResponsePath {
  let value = data;
  for (const [index, part] of path.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return path.slice(0, index);
    value = (value as Record<string | number, unknown>)[part];
  }
  return path;
}

function valueAt(data: unknown, path: ResponsePath): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string | number, unknown>)[part], data);
}

/** Whether a path leads to a null, to an object with a null, or to one with no field but its type. */
export function leadsToNull(data: unknown, path: ResponsePath | undefined): boolean {
  if (!path) return false;
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) break;
    value = (value as Record<string | number, unknown>)[part];
  }
  if (value === null || value === undefined) return true;
  return Object.values(value).includes(null) || Object.keys(value).every((name) => name === '__typename');
}
