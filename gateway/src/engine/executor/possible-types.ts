import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType, Kind } from 'graphql';
import type { JsonObject } from '../json-object.js';

/** Matches objects against type conditions. Created once per schema. */
export interface PossibleTypes {
  /** A test whether an object is of this type. It returns `otherwise` for an object without `__typename`. */
  matcher(typeName: string): (object: JsonObject, otherwise: boolean) => boolean;
  /** Interfaces that a subgraph knows as an object type: its `__typename` is not the type of the object. */
  interfaceObjects: ReadonlySet<string>;
}

export function createPossibleTypes(schema: GraphQLSchema): PossibleTypes {
  const cache = new Map<string, ReadonlySet<string>>();
  return {
    interfaceObjects: findInterfaceObjects(schema),
    matcher(typeName) {
      const names = getOrCreate(cache, typeName, () => namesOf(schema, typeName));
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

/** The types with `@join__type(isInterfaceObject: true)`. */
function findInterfaceObjects(schema: GraphQLSchema): ReadonlySet<string> {
  const types = Object.values(schema.getTypeMap()).filter(isInterfaceType);
  const found = types.filter(({ astNode }) =>
    astNode?.directives?.some(({ name, arguments: given = [] }) => {
      if (name.value !== 'join__type') return false;
      return given.some(({ name: argument, value }) => {
        return argument.value === 'isInterfaceObject' && value.kind === Kind.BOOLEAN && value.value;
      });
    }),
  );
  return new Set(found.map(({ name }) => name));
}
