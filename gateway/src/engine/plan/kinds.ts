import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import type { Value } from './value.js';

/** Tells of which types an object may be. Made once for a schema. */
export interface Kinds {
  /** Whether an object is of this type; what is unknown of it counts as `otherwise`. */
  test(typeName: string): (value: Value, otherwise: boolean) => boolean;
}

export function kindsOf(schema: GraphQLSchema): Kinds {
  const known = new Map<string, ReadonlySet<string>>();
  return {
    test(typeName) {
      const names = known.get(typeName) ?? namesOf(schema, typeName);
      known.set(typeName, names);
      return (value, otherwise) => {
        const name = value['__typename'];
        return name ? names.has(name as string) : otherwise;
      };
    },
  };
}

/** The type itself, and what is a kind of it. */
function namesOf(schema: GraphQLSchema, typeName: string): ReadonlySet<string> {
  const type = schema.getType(typeName);
  const members = Object.values(schema.getTypeMap())
    .filter((one) => isObjectType(one) || isInterfaceType(one))
    .filter((one) => isAbstractType(type) && schema.isSubType(type, one));
  return new Set([typeName, ...members.map(({ name }) => name)]);
}
