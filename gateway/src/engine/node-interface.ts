import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { findDirective, findDirectives } from '@marquee/chassis/graphql/directives';
import { type GraphQLObjectType, type GraphQLSchema, isEnumType, isObjectType } from 'graphql';

/** The interface of the objects that `Query.node` returns. */
export const nodeInterface = 'Node';

/** The URL of the subgraph with `Query.node`, which the gateway answers itself. Composition adds it to the supergraph. */
export const nodeUrl = 'internal:node';

/** The names of the services by their names in `join__Graph`, without the subgraph that the gateway answers itself. */
export const serviceNames = memoizeWeak((supergraph: GraphQLSchema): ReadonlyMap<string, string> => {
  const named = graphs(supergraph).filter(({ url }) => url !== nodeUrl);
  return new Map(named.map(({ graph, name }) => [graph, name]));
});

/** The fields of `Query` that the gateway answers itself: `node` and `nodes`. None if the supergraph has no such subgraph. */
export const nodeFields = memoizeWeak((supergraph: GraphQLSchema): ReadonlySet<string> => {
  const answered = new Set(graphs(supergraph).flatMap(({ graph, url }) => (url === nodeUrl ? [graph] : [])));
  const fields = Object.values(supergraph.getQueryType()?.getFields() ?? {});
  const names = fields
    .filter((field) => findDirectives(field, 'join__field').some(({ graph }) => answered.has(String(graph))))
    .map(({ name }) => name);
  return new Set(names);
});

/** The types that implement `Node`. */
export function nodeTypes(supergraph: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(supergraph.getTypeMap()).filter(
    (type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === nodeInterface),
  ) as GraphQLObjectType[];
}

/** The names of the services with objects of a type that implements `Node`. */
export function nodeServices(supergraph: GraphQLSchema, type: GraphQLObjectType): string[] {
  const names = serviceNames(supergraph);
  const implementations = findDirectives(type, 'join__implements').filter((one) => one['interface'] === nodeInterface);
  return implementations.flatMap(({ graph }) => names.get(String(graph)) ?? []);
}

/**
 * The number of requests that one fetch of each subgraph sends, if it is not 1. A fetch of the subgraph that the gateway
 * answers itself asks every service that has objects by id, once for all its fields.
 */
export const requestsPerFetch = memoizeWeak((supergraph: GraphQLSchema): ReadonlyMap<string, number> => {
  const services = new Set(nodeTypes(supergraph).flatMap((type) => nodeServices(supergraph, type)));
  const answered = graphs(supergraph).filter(({ url }) => url === nodeUrl);
  return new Map(answered.map(({ name }) => [name, services.size]));
});

function graphs(supergraph: GraphQLSchema): { graph: string; name: string; url: unknown }[] {
  const type = supergraph.getType('join__Graph');
  return (isEnumType(type) ? type.getValues() : []).flatMap((value) => {
    const { name, url } = findDirective(value, 'join__graph') ?? {};
    return typeof name === 'string' ? [{ graph: value.name, name, url }] : [];
  });
}
