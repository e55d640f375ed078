import { findDirectives } from '@marquee/chassis/graphql/directives';
import type { DirectiveHolder } from '@marquee/chassis/graphql/directives';
import { type GraphQLSchema, isEnumType } from 'graphql';
import { isJsonObject, type JsonObject } from '../json-object.js';

/** Writes a tag; undefined if a value is missing, so that the result could not be invalidated. */
export type WriteTag = (values: JsonObject) => string | undefined;

/** The tags of types and root fields, from `@cacheTag` of federation 2.12 and later. */
export interface CacheTags {
  /** The tags of an element for results of a subgraph. @param variable `$key` or `$args` */
  of(element: DirectiveHolder | null | undefined, subgraph: string, variable: '$key' | '$args'): WriteTag[];
}

/** Composition keeps `@cacheTag` as `@join__directive` with the subgraphs that it comes from. */
export function createCacheTags(supergraph: GraphQLSchema): CacheTags {
  const graphs = graphNames(supergraph);
  return {
    of: (element, subgraph, variable) =>
      findDirectives(element, 'join__directive')
        .filter(({ name }) => name === 'federation__cacheTag' || name === 'cacheTag')
        .filter(({ graphs: of }) => Array.isArray(of) && of.some((graph) => graphs.get(String(graph)) === subgraph))
        .flatMap(({ args }) => (isJsonObject(args) && typeof args['format'] === 'string' ? [args['format']] : []))
        .map((format) => compileFormat(format, variable)),
  };
}

/** The names of subgraphs by the values of the enum `join__Graph`. */
function graphNames(supergraph: GraphQLSchema): ReadonlyMap<string, string> {
  const type = supergraph.getType('join__Graph');
  const values = isEnumType(type) ? type.getValues() : [];
  return new Map(values.map((value) => [value.name, String(findDirectives(value, 'join__graph')[0]?.['name'])]));
}

/** Compiles a format such as `show-{$key.slug}`. */
function compileFormat(format: string, variable: '$key' | '$args'): WriteTag {
  const parts = format
    .split(/\{([^{}]*)\}/)
    .map((text, index) => (index % 2 === 0 ? () => text : reader(text, variable)));
  return (values) => {
    const texts = parts.map((part) => part(values));
    return texts.every((text) => text !== undefined) ? texts.join('') : undefined;
  };
}

function reader(expression: string, variable: '$key' | '$args'): WriteTag {
  const [root, ...path] = expression.trim().split('.');
  if (root !== variable) return () => undefined;
  return (values) => {
    const found = path.reduce<unknown>((value, name) => (isJsonObject(value) ? value[name] : undefined), values);
    return ['string', 'number', 'boolean'].includes(typeof found) ? String(found) : undefined;
  };
}
