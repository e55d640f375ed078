import { type DirectiveNode, type DocumentNode, Kind, visit } from 'graphql';

/**
 * Moves keys with `resolvable: false` behind the others of their type. Where a plan returns to a subgraph to resolve a
 * field with `@requires`, the planner uses the first key of the type in that subgraph, whether or not it is resolvable.
 */
export function resolvableKeysFirst(supergraph: DocumentNode): DocumentNode {
  const enter = <Definition extends { directives?: readonly DirectiveNode[] }>(node: Definition) => {
    const { directives = [] } = node;
    if (!directives.some(isUnresolvableKey)) return false;
    const first = directives.filter((directive) => !isUnresolvableKey(directive));
    return { ...node, directives: [...first, ...directives.filter(isUnresolvableKey)] };
  };
  return visit(supergraph, { ObjectTypeDefinition: enter, InterfaceTypeDefinition: enter });
}

function isUnresolvableKey({ name, arguments: given = [] }: DirectiveNode): boolean {
  if (name.value !== 'join__type') return false;
  return given.some(({ name: { value: argument }, value }) => {
    return argument === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value;
  });
}
