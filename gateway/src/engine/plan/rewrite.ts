import type { FetchDataRewrite } from '@apollo/query-planner';
import type { Kinds } from './kinds.js';
import { isValue, own, put, type Value } from './value.js';

/** Changes what is sent to a subgraph, or what came from it, in place. */
export type Rewrite = (value: unknown) => void;

const fragmentPrefix = '... on ';

/** The rewrites of a fetch as one; undefined when there are none. */
export function compileRewrites(kinds: Kinds, rewrites: readonly FetchDataRewrite[] | undefined): Rewrite | undefined {
  if (!rewrites || rewrites.length === 0) return undefined;
  const compiled = rewrites.map((rewrite) => compileRewrite(kinds, rewrite));
  return (value) => {
    for (const rewrite of compiled) rewrite(value);
  };
}

function compileRewrite(kinds: Kinds, rewrite: FetchDataRewrite): Rewrite {
  const last = rewrite.path.at(-1);
  if (last === undefined) return () => undefined;
  return below(kinds, rewrite.path.slice(0, -1), lastStep(rewrite, last));
}

function lastStep(rewrite: FetchDataRewrite, name: string): (value: Value) => void {
  if (rewrite.kind === 'ValueSetter') return (value) => put(value, name, rewrite.setValueTo);
  return (value) => {
    const present = own(value, name);
    if (!present) return;
    put(value, rewrite.renameKeyTo, present);
    value[name] = undefined;
  };
}

function below(kinds: Kinds, [first, ...rest]: readonly string[], change: (value: Value) => void): Rewrite {
  if (first === undefined) return each(change);
  const next = below(kinds, rest, change);
  if (!first.startsWith(fragmentPrefix)) return each((value) => next(own(value, first)));
  const fits = kinds.test(first.slice(fragmentPrefix.length));
  return each((value) => {
    if (fits(value, true)) next(value);
  });
}

/** Every object of a list, or the one. */
function each(change: (value: Value) => void): Rewrite {
  const rewrite: Rewrite = (value) => {
    if (Array.isArray(value)) for (const item of value) rewrite(item);
    else if (isValue(value)) change(value);
  };
  return rewrite;
}
