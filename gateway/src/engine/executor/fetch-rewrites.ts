import type { FetchDataRewrite } from '@apollo/query-planner';
import { isJsonObject, type JsonObject, own, put } from '../json-object.js';
import type { PossibleTypes } from './possible-types.js';

/** Applies the rewrites of a fetch to the data of a request or a response, in place. */
export type Rewrite = (data: unknown) => void;

const fragmentPrefix = '... on ';

/** Compiles the rewrites of a fetch into one function; undefined without any. */
export function compileRewrites(
  possibleTypes: PossibleTypes,
  rewrites: readonly FetchDataRewrite[] | undefined,
): Rewrite | undefined {
  if (!rewrites || rewrites.length === 0) return undefined;
  const compiled = rewrites.map((rewrite) => compileRewrite(possibleTypes, rewrite));
  return (data) => {
    for (const rewrite of compiled) rewrite(data);
  };
}

function compileRewrite(possibleTypes: PossibleTypes, rewrite: FetchDataRewrite): Rewrite {
  const last = rewrite.path.at(-1);
  if (last === undefined) return () => undefined;
  return atPath(possibleTypes, rewrite.path.slice(0, -1), lastStep(rewrite, last));
}

function lastStep(rewrite: FetchDataRewrite, name: string): (object: JsonObject) => void {
  if (rewrite.kind === 'ValueSetter') return (object) => put(object, name, rewrite.setValueTo);
  return (object) => {
    const present = own(object, name);
    if (!present) return;
    put(object, rewrite.renameKeyTo, present);
    object[name] = undefined;
  };
}

function atPath(
  possibleTypes: PossibleTypes,
  [first, ...rest]: readonly string[],
  change: (object: JsonObject) => void,
): Rewrite {
  if (first === undefined) return forEach(change);
  const next = atPath(possibleTypes, rest, change);
  if (!first.startsWith(fragmentPrefix)) return forEach((object) => next(own(object, first)));
  const matches = possibleTypes.matcher(first.slice(fragmentPrefix.length));
  return forEach((object) => {
    if (matches(object, true)) next(object);
  });
}

/** Applies a change to an object, or to every object of a nested list. */
function forEach(change: (object: JsonObject) => void): Rewrite {
  const rewrite: Rewrite = (data) => {
    if (Array.isArray(data)) for (const item of data) rewrite(item);
    else if (isJsonObject(data)) change(data);
  };
  return rewrite;
}
