import { isJsonObject, type JsonObject, merge, own } from '../json-object.js';
import type { PossibleTypes } from './possible-types.js';

/**
 * Compiles the merging of subgraph data. A subgraph that knows an interface as an object sends the name of the interface
 * as the type of its objects, which must not replace the types that are known already, at any depth.
 */
export function compileMerge({ interfaceObjects }: PossibleTypes): typeof merge {
  if (interfaceObjects.size === 0) return merge;
  return (target, source) => {
    keepTypes(target, source, interfaceObjects);
    return merge(target, source);
  };
}

/** Gives objects that were sent with the name of an interface the types that are known. */
function keepTypes(known: unknown, sent: unknown, interfaceObjects: ReadonlySet<string>): void {
  if (Array.isArray(known) && Array.isArray(sent) && known.length === sent.length)
    for (const [index, one] of known.entries()) keepTypes(one, sent[index], interfaceObjects);
  if (!isJsonObject(known) || !isJsonObject(sent)) return;
  keepType(known, sent, interfaceObjects);
  for (const name of Object.keys(sent)) keepTypes(own(known, name), sent[name], interfaceObjects);
}

function keepType({ __typename: known }: JsonObject, sent: JsonObject, interfaceObjects: ReadonlySet<string>): void {
  if (known && interfaceObjects.has(sent['__typename'] as string)) sent['__typename'] = known;
}
