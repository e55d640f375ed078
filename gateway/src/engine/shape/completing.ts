import { type GraphQLOutputType, isLeafType, isListType, isNonNullType } from 'graphql';
import type { ShapedField } from './fields.js';
import { leafTest } from './leaf.js';
import { broken, type Completing, failed, fault } from './shaping.js';

/** Makes what completes the objects of a field. */
export type ObjectCompleting = (field: ShapedField) => Completing;

/** Compiles what makes a field's value of what the subgraphs sent for it. */
export function compileCompleting(field: ShapedField, type: GraphQLOutputType, objects: ObjectCompleting): Completing {
  if (isNonNullType(type)) return nonNull(field, type.ofType, compileCompleting(field, type.ofType, objects));
  if (isListType(type)) return list(type, compileCompleting(field, type.ofType, objects));
  return isLeafType(type) ? leaf(field, type, leafTest(type)) : objects(field);
}

/** How errors name the value at the path. */
export function described({ parent }: ShapedField, type: unknown, path: readonly (string | number)[]): string {
  const last = path.at(-1);
  return typeof last === 'number'
    ? `array element of type ${String(type)} at index ${last}`
    : `field ${parent.name}.${last ?? ''}`;
}

function nonNull(field: ShapedField, type: GraphQLOutputType, complete: Completing): Completing {
  return (value, shaping) => {
    const completed = complete(value, shaping);
    if (completed === failed) return broken;
    if (completed !== null) return completed;
    fault(shaping, `Cannot return null for non-nullable ${described(field, type, shaping.path)}.`);
    return broken;
  };
}

function list(type: GraphQLOutputType, complete: Completing): Completing {
  return (value, shaping) => {
    if (value === null) return null;
    if (!Array.isArray(value)) throw new Error(`Invalid non-list value for list type ${String(type)}`);
    const items = new Array<unknown>(value.length);
    const depth = shaping.path.length;
    let whole = true;
    for (let index = 0; index < value.length; index++) {
      shaping.path[depth] = index;
      const item = complete(value[index], shaping);
      whole &&= item !== broken;
      items[index] = item === failed ? null : item;
    }
    shaping.path.length = depth;
    return whole ? items : failed;
  };
}

function leaf(field: ShapedField, type: GraphQLOutputType, fits: (value: unknown) => boolean): Completing {
  return (value, shaping) => {
    if (value === null || fits(value)) return value;
    return fault(shaping, `Invalid value found for ${described(field, type, shaping.path)}.`);
  };
}
