import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { findDirective } from '@marquee/chassis/graphql/directives';
import { type GraphQLSchema, isEnumType } from 'graphql';

/** The interface of the objects that `Query.node` returns. */
export const nodeInterface = 'Node';

/** The URL of the subgraph with `Query.node`, which the gateway answers itself. Composition adds it to the supergraph. */
export const nodeUrl = 'internal:node';

/** The names of the services by their names in `join__Graph`, without the subgraph that the gateway answers itself. */
export const serviceNames = memoizeWeak((supergraph: GraphQLSchema): ReadonlyMap<string, string> => {
  const named = graphs(supergraph).filter(({ url }) => url !== nodeUrl);
  return new Map(named.map(({ graph, name }) => [graph, name]));
});

/**
 * Whether the gateway answers `Query.node` of this supergraph. Then `Node.id` needs no right: the gateway returns it only
 * after the service of the object has shown it to the caller.
 */
export const answersNodes = memoizeWeak((supergraph: GraphQLSchema): boolean =>
  graphs(supergraph).some(({ url }) => url === nodeUrl),
);

function graphs(supergraph: GraphQLSchema): { graph: string; name: string; url: unknown }[] {
  const type = supergraph.getType('join__Graph');
  return (isEnumType(type) ? type.getValues() : []).flatMap((value) => {
    const { name, url } = findDirective(value, 'join__graph') ?? {};
    return typeof name === 'string' ? [{ graph: value.name, name, url }] : [];
  });
}
