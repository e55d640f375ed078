import type { ComparedError } from '../outcome.js';
import { existingPart, nullAbove, type ResponsePath, startsWith } from '../response-paths.js';

/** The parts of the expected data that a result lacks. */
export interface Gaps {
  nulled: ResponsePath[];
  missing: ResponsePath[];
}

/** Whether a value equals another one apart from gaps, which it collects. */
export function isPartOf(whole: unknown, part: unknown, path: ResponsePath, found: Gaps): boolean {
  if (part === null || part === undefined) {
    if (whole !== null) found.nulled.push(path);
    return true;
  }
  if (typeof whole !== 'object' || whole === null) return whole === part;
  if (typeof part !== 'object' || Array.isArray(whole) !== Array.isArray(part)) return false;
  const names = Object.keys(whole);
  const present = names.filter((name) => Object.hasOwn(part, name));
  if (present.join() !== Object.keys(part).join()) return false;
  return names.every((name) => {
    const below = [...path, Array.isArray(whole) ? Number(name) : name];
    if (Object.hasOwn(part, name)) return isPartOf(fieldOf(whole, name), fieldOf(part, name), below, found);
    found.missing.push(below);
    return !Array.isArray(whole);
  });
}

function fieldOf(value: object, name: string): unknown {
  return (value as Record<string, unknown>)[name];
}

/**
 * Whether an error explains a null above or below it. An error of a whole request has no path. One of a field that the
 * planner added, or of the entities of a request, belongs to the last value on its path that is part of the response. One
 * of a field that another subgraph resolved as well belongs to the object around it.
 *
 * @param whole the data without failures
 */
export function explains(
  { path }: ComparedError,
  nulled: ResponsePath,
  { whole, data }: { whole: unknown; data: unknown },
): boolean {
  if (!path) return true;
  const known = existingPart(whole, path);
  const place = isResolved(data, known) ? known.slice(0, -1) : known;
  return startsWith(place, nulled) || startsWith(nulled, place);
}

function isResolved(data: unknown, path: ResponsePath): boolean {
  return nullAbove(data, [...path, 0]) === undefined && existingPart(data, path).length === path.length;
}
