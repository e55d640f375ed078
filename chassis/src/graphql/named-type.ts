import { Kind, type TypeNode } from 'graphql';

/** The name of a type in a document, without lists and non-null. `getNamedType` is the same for a schema. */
export function namedTypeOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type);
}
