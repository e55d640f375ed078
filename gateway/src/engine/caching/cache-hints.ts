import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { type DirectiveHolder, findDirective } from '@marquee/chassis/graphql/directives';
import { getNamedType, type GraphQLSchema, isCompositeType, isInterfaceType, isObjectType } from 'graphql';
import type { CacheHint } from './cache-policy.js';

/** Whether the value of a field depends on the caller, because not every caller may have it. */
export type IsPersonal = (type: string, field: string) => boolean;

/** The hints of a supergraph with `@cacheControl`. */
export interface CacheHints {
  /** The limits that a field sets for a response, without those of its selections. @param type an object type */
  ofField(type: string, field: string, position: FieldPosition): CacheHint;
  /** The limits that an entity of a type sets for a response. */
  ofEntity(type: string): CacheHint;
}

/** Root fields without a hint are not cacheable, whatever they return. */
export type FieldPosition = 'root' | 'nested';

const uncacheable: CacheHint = { maxAge: 0 };

/**
 * Reads `@cacheControl` with the rules of Apollo Server: the hint of a field precedes that of its type; without a maximum
 * age, root fields and fields that return objects are not cacheable, unless they inherit it, and other fields inherit it
 * from their parent. In addition, personal fields are private.
 */
export function createCacheHints(supergraph: GraphQLSchema, isPersonal: IsPersonal): CacheHints {
  const fields = new Map<string, CacheHint>();
  return {
    ofField: (type, field, position) =>
      getOrCreate(fields, `${position} ${type}.${field}`, () => {
        const hint = readField(supergraph, type, field, position);
        return isPersonal(type, field) ? { ...hint, scope: 'PRIVATE' } : hint;
      }),
    ofEntity(type) {
      const { maxAge, scope } = annotationOf(supergraph.getType(type));
      return { maxAge: maxAge ?? 0, scope };
    },
  };
}

interface Annotation extends CacheHint {
  inheritsMaxAge?: boolean;
}

function readField(supergraph: GraphQLSchema, typeName: string, name: string, position: FieldPosition): CacheHint {
  const type = supergraph.getType(typeName);
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  if (!field) return uncacheable;
  const returned = getNamedType(field.type);
  const [ofType, ofField] = [isCompositeType(returned) ? annotationOf(returned) : {}, annotationOf(field)];
  const maxAge = ofField.maxAge ?? ofType.maxAge;
  const scope = ofField.scope ?? ofType.scope;
  const inherits = !isCompositeType(returned) || ofType.inheritsMaxAge === true || ofField.inheritsMaxAge === true;
  const isLimited = maxAge !== undefined || (inherits && position === 'nested');
  return { maxAge: isLimited ? maxAge : 0, scope };
}

/** As in Apollo Server, `inheritMaxAge` precedes `maxAge` in the same directive. */
function annotationOf(element: DirectiveHolder | null | undefined): Annotation {
  const { maxAge, scope, inheritMaxAge } = findDirective(element, 'cacheControl') ?? {};
  const scoped: CacheHint = scope === 'PUBLIC' || scope === 'PRIVATE' ? { scope } : {};
  if (inheritMaxAge === true) return { ...scoped, inheritsMaxAge: true };
  return { ...scoped, ...(typeof maxAge === 'number' && { maxAge: Math.max(0, maxAge) }) };
}
