import { hash } from 'node:crypto';
import type { FetchNode } from '@apollo/query-planner';
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  valueFromAST,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { fragmentsOf, operationsOf } from '../document-definitions.js';
import type { JsonObject } from '../json-object.js';
import type { CacheHints } from './cache-hints.js';
import type { CachePolicy } from './cache-policy.js';
import type { CacheTags, WriteTag } from './cache-tags.js';
import { policyOf } from './operation-policy.js';
import { type HintSource, selectionHints } from './selection-hints.js';

/** A fetch whose results an entity cache may keep. */
export interface CacheableFetch {
  /** Identifies the supergraph, the subgraph and the selection: fetches with the same id and input have the same result. */
  id: string;
  /** For a fetch of entities, how those of each type may be kept; types that may not are absent. */
  entities: ReadonlyMap<string, CacheableResult>;
  /** For a fetch of root fields, how the whole response may be kept. */
  root: CacheableResult | undefined;
}

export interface CacheableResult {
  policy: CachePolicy;
  /** Writes the tags from the representation of the entity, or from the variables of the fetch. */
  tags: readonly WriteTag[];
}

/** Compiles how the results of a fetch may be kept; undefined for a fetch of which nothing may. */
export type CompileCaching = (node: FetchNode) => CacheableFetch | undefined;

export interface CachingOptions {
  /** The supergraph schema. */
  supergraph: GraphQLSchema;
  /** Identifies the supergraph. */
  supergraphId: string;
  hints: CacheHints;
  tags: CacheTags;
  /** The subgraphs whose results may be kept. */
  subgraphs: ReadonlySet<string>;
}

export function createCachingCompiler(options: CachingOptions): CompileCaching {
  return (node) => {
    if (
      !options.subgraphs.has(node.serviceName) ||
      node.operationKind !== OperationTypeNode.QUERY ||
      node.contextRewrites
    )
      return undefined;
    const document = parse(node.operation, { noLocation: true });
    const [operation] = operationsOf(document);
    if (!operation) return undefined;
    const fragments = fragmentsOf(document);
    const source: HintSource = {
      schema: options.supergraph,
      hints: options.hints,
      fragments,
      isExcluded: () => false,
    };
    const fetch = { options, node, operation, source };
    const entities = node.requires ? entityResults(fetch) : new Map<string, CacheableResult>();
    const root = node.requires ? undefined : rootResult(fetch);
    return entities.size > 0 || root ? { id: idOf(fetch), entities, root } : undefined;
  };
}

interface ParsedFetch {
  options: CachingOptions;
  node: FetchNode;
  operation: OperationDefinitionNode;
  source: HintSource;
}

function entityResults({ options, node, operation, source }: ParsedFetch): Map<string, CacheableResult> {
  const [field, ...others] = operation.selectionSet.selections;
  const results = new Map<string, CacheableResult>();
  if (field?.kind !== Kind.FIELD || !field.selectionSet || others.length > 0) return results;
  for (const name of conditionsIn(field.selectionSet)) {
    const type = options.supergraph.getType(name);
    if (!isObjectType(type)) continue;
    const hints = [options.hints.ofEntity(name), ...selectionHints(source, field.selectionSet, [name], 'nested')];
    const policy = policyOf(hints);
    const tags = options.tags.of(type, node.serviceName, '$key');
    if (policy) results.set(name, { policy, tags });
  }
  return results;
}

/** Below `_entities` every selection is an inline fragment. */
function conditionsIn({ selections }: SelectionSetNode): Set<string> {
  return new Set(
    selections.flatMap((one) => (one.kind === Kind.INLINE_FRAGMENT ? (one.typeCondition?.name.value ?? []) : [])),
  );
}

function rootResult({ options, node, operation, source }: ParsedFetch): CacheableResult | undefined {
  const root = options.supergraph.getQueryType();
  if (!root) return undefined;
  const policy = policyOf(selectionHints(source, operation.selectionSet, [root.name], 'root'));
  if (!policy) return undefined;
  const fields = operation.selectionSet.selections.filter((one) => one.kind === Kind.FIELD);
  // Fragments on the root type would hide the tags of their fields.
  if (fields.length < operation.selectionSet.selections.length) return undefined;
  const defaults = defaultsOf(operation);
  const tags = fields.flatMap((field) => {
    const definition = root.getFields()[field.name.value];
    const formats = options.tags.of(definition, node.serviceName, '$args');
    const argumentsOf = compileArguments(options.supergraph, root.name, field);
    return formats.map(
      (write): WriteTag =>
        (variables) =>
          write(argumentsOf({ ...defaults, ...variables })),
    );
  });
  return { policy, tags };
}

/** The arguments of a field from the variables of its fetch, with the default values of the schema. */
function compileArguments(
  schema: GraphQLSchema,
  type: string,
  field: FieldNode,
): (variables: JsonObject) => JsonObject {
  const parent = schema.getType(type);
  const parameters = isObjectType(parent) ? (parent.getFields()[field.name.value]?.args ?? []) : [];
  const given = new Map(field.arguments?.map(({ name, value }) => [name.value, value]));
  return (variables) => {
    const values: JsonObject = {};
    for (const { name, type: input, defaultValue } of parameters) {
      const node = given.get(name);
      const value = node && (valueFromAST(node, input, variables) ?? valueFromASTUntyped(node, variables));
      values[name] = value === undefined ? defaultValue : value;
    }
    return values;
  };
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): JsonObject {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  );
}

/** Selections in another order have the same id: the order of a response is that of the client's operation. */
function idOf({ options, node, operation, source }: ParsedFetch): string {
  const variables = (operation.variableDefinitions ?? [])
    .map(print)
    .filter((text) => !text.startsWith('$representations'));
  const sorted = [operation.selectionSet, ...source.fragments.values()].map((part) =>
    stripIgnoredCharacters(print(sortSelections(part))),
  );
  const text = JSON.stringify([options.supergraphId, node.serviceName, variables.toSorted(), sorted]);
  return hash('sha256', text, 'base64url');
}

function sortSelections<Node extends SelectionSetNode | FragmentDefinitionNode>(node: Node): Node {
  return visit(node, { SelectionSet: { leave: (set) => ({ ...set, selections: set.selections.toSorted(byText) }) } });
}

function byText(one: SelectionNode, other: SelectionNode): number {
  const [text, otherText] = [print(one), print(other)];
  return text < otherText ? -1 : Number(text > otherText);
}
