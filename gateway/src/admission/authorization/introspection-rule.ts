import { forbidden } from '@marquee/chassis/errors/errors';
import { type Caller, unknownCaller } from '@marquee/chassis/identity/caller';
import { BREAK, type DocumentNode, type GraphQLError, visit } from 'graphql';

/** The scope whose holders may read the schema in production. */
const exploreScope = 'graph.explore';

/** Keeps the schema from those who may not read it; `__typename` is everyone's. */
export function introspectionErrors(document: DocumentNode, caller: Caller): GraphQLError[] {
  if (!usesIntrospection(document) || canIntrospect(caller)) return [];
  return [forbidden(`Introspection needs the scope ${exploreScope}.`)];
}

/** Documents are remembered, so each is looked through once. */
const looked = new WeakMap<DocumentNode, boolean>();

/** Whether a document asks for `__schema` or `__type`. */
export function usesIntrospection(document: DocumentNode): boolean {
  const known = looked.get(document);
  if (known !== undefined) return known;
  let found = false;
  visit(document, {
    Field({ name }) {
      found = name.value === '__schema' || name.value === '__type';
      return found ? BREAK : undefined;
    },
  });
  looked.set(document, found);
  return found;
}

/** Whether a caller has the scope `graph.explore`. */
export function canIntrospect(caller: Caller): boolean {
  switch (caller.kind) {
    case 'user':
    case 'machine':
      return caller.scopes.includes(exploreScope);
    case 'guest':
    case 'gateway':
      return false;
    default:
      return unknownCaller(caller);
  }
}
