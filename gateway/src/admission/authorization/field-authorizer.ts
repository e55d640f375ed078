import { getOrCreate, memoizeWeak } from '@marquee/chassis/caching/memoize';
import type { Caller } from '@marquee/chassis/identity/caller';
import { rightsKey } from '@marquee/chassis/identity/caller-key';
import { type DocumentNode, type FieldNode, type GraphQLSchema, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Graph } from '../../engine/graph.js';
import { nodeInterface } from '../../engine/node-interface.js';
import type { DeniedFields } from '../../engine/operation-context.js';
import {
  combineRequirements,
  explainDenial,
  isRestricted,
  type Requirement,
  unrestricted,
} from './access-requirement.js';
import { findNodeSelections, type NodeSelections } from './node-selections.js';
import { createRequirementReader, type RequirementReader } from './requirement-reader.js';

/** Determines the fields of a document that a caller may not have. */
export type FieldAuthorizer = (graph: Graph, document: DocumentNode, caller: Caller) => DeniedFields;

/** The result of every document without restricted fields, so that prepared operations can be shared by identity. */
export const noneDenied: DeniedFields = new Map();

/** Results that are cached for each document, one for each set of rights. */
const cachedRights = 64;

/** Reads the requirements of a document once, and evaluates them once for all callers with the same rights. */
export function createFieldAuthorizer(): FieldAuthorizer {
  const readerOf = memoizeWeak((graph: Graph) => createRequirementReader(graph.supergraphSchema));
  const documents = new WeakMap<DocumentNode, RestrictedFields>();
  return (graph, document, caller) => {
    // Found without a call, since every request looks it up.
    const restricted = documents.get(document) ?? read(graph, document);
    return restricted.fields.length === 0 ? noneDenied : deniedTo(caller, restricted);
  };

  function read(graph: Graph, document: DocumentNode): RestrictedFields {
    const restricted = restrictedFieldsOf(graph, document, readerOf(graph));
    documents.set(document, restricted);
    return restricted;
  }
}

interface RestrictedFields {
  fields: [FieldNode, Requirement][];
  /** The distinct requirements of the fields. */
  requirements: Requirement[];
  /** Results by the rights of the caller. */
  byRights: LRUCache<string, DeniedFields>;
  /** Results by the outcome of each requirement. */
  byOutcome: LRUCache<string, DeniedFields>;
}

function restrictedFieldsOf(
  { supergraphSchema }: Graph,
  document: DocumentNode,
  read: RequirementReader,
): RestrictedFields {
  const fields: [FieldNode, Requirement][] = [];
  const types = new TypeInfo(supergraphSchema);
  const readNode = nodeReader(supergraphSchema, document, read);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const parent = types.getParentType()?.name ?? '';
        const requirement = parent === nodeInterface ? readNode(node) : read(parent, node.name.value);
        if (isRestricted(requirement)) fields.push([node, requirement]);
      },
    }),
  );
  const requirements = [...new Set(fields.map(([, requirement]) => requirement))];
  const limits = { max: cachedRights };
  return { fields, requirements, byRights: new LRUCache(limits), byOutcome: new LRUCache(limits) };
}

/** Reads the requirement of a field of `Node`, which is that of the same field in each type that its objects can have. */
function nodeReader(
  supergraph: GraphQLSchema,
  document: DocumentNode,
  read: RequirementReader,
): (node: FieldNode) => Requirement {
  let selections: NodeSelections | undefined;
  return (node) => {
    selections ??= findNodeSelections(supergraph, document);
    const types = selections.get(node);
    if (!types) return read(nodeInterface, node.name.value);
    return [...types].map((type) => read(type, node.name.value)).reduce(combineRequirements, unrestricted);
  };
}

function deniedTo(caller: Caller, restricted: RestrictedFields): DeniedFields {
  return getOrCreate<string, DeniedFields>(restricted.byRights, rightsKey(caller), () => evaluate(caller, restricted));
}

/** Callers with the same outcomes get the same map, because prepared operations are cached by it. */
function evaluate(caller: Caller, { fields, requirements, byOutcome }: RestrictedFields): DeniedFields {
  const denials = new Map(requirements.map((requirement) => [requirement, explainDenial(requirement, caller)]));
  const outcome = [...denials.values()].map((denial) => (denial ? `${denial.code} ${denial.message}` : '')).join();
  return getOrCreate<string, DeniedFields>(byOutcome, outcome, () => {
    const denied = fields.flatMap(([node, requirement]) => {
      const denial = denials.get(requirement);
      return denial ? [[node, denial] as const] : [];
    });
    return new Map(denied);
  });
}
