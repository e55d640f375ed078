import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { type Caller, rejectUnknownCaller } from '@marquee/chassis/identity/caller';
import { BREAK, type DocumentNode, type GraphQLError, visit } from 'graphql';
import { introspectionDenied } from '../refusals.js';

/** The scope that allows introspection in production. */
const exploreScope = 'graph.explore';

/** Restricts `__schema` and `__type` to callers with the scope `graph.explore`; `__typename` is open to everyone. */
export function introspectionErrors(document: DocumentNode, caller: Caller): GraphQLError[] {
  return !usesIntrospection(document) || canIntrospect(caller) ? [] : [introspectionDenied(exploreScope)];
}

/** Whether a document selects `__schema` or `__type`. */
export const usesIntrospection = memoizeWeak((document: DocumentNode): boolean => {
  let isFound = false;
  visit(document, {
    Field({ name }) {
      isFound = name.value === '__schema' || name.value === '__type';
      return isFound ? BREAK : undefined;
    },
  });
  return isFound;
});

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
      return rejectUnknownCaller(caller);
  }
}
