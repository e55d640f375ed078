import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import type { JsonObject } from '../json-object.js';

/** Matches objects against type conditions. Created once per schema. */
export interface PossibleTypes {
  /** A test whether an object is of this type. It returns `otherwise` for an object without `__typename`. */
  matcher(typeName: string): (object: JsonObject, otherwise: boolean) => boolean;
}

export function createPossibleTypes(schema: GraphQLSchema): PossibleTypes {
  const cache = new Map<string, ReadonlySet<string>>();
  return {
    matcher(typeName) {
      const names = cache.get(typeName) ?? namesOf(schema, typeName);
      cache.set(typeName, names);
      return (object, otherwise) => {
        const name = object['__typename'];
        return name ? names.has(name as string) : otherwise;
      };
    },
  };
}

/** The type itself and its subtypes. */
function namesOf(schema: GraphQLSchema, typeName: string): ReadonlySet<string> {
  const type = schema.getType(typeName);
  const subtypes = Object.values(schema.getTypeMap())
    .filter((one) => isObjectType(one) || isInterfaceType(one))
    .filter((one) => isAbstractType(type) && schema.isSubType(type, one));
  return new Set([typeName, ...subtypes.map(({ name }) => name)]);
}
