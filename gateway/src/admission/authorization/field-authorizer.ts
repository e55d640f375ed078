import type { Caller } from '@marquee/chassis/identity/caller';
import { type DocumentNode, type FieldNode, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Graph } from '../../engine/graph.js';
import type { DeniedFields } from '../../engine/completion/client-operation.js';
import { isRestricted, denialOf, type Requirement } from './access-requirement.js';
import { type RequirementReader, createRequirementReader } from './requirement-reader.js';

/** Finds the fields of a document that a caller may not have. */
export type FieldAuthorizer = (graph: Graph, document: DocumentNode, caller: Caller) => DeniedFields;

const nothingRefused: DeniedFields = new Map();

/** Sets of rights that are remembered with what they are refused, by document. */
const rememberedRights = 64;

/** Looks a document through once, and compares what it requires with rights once for all callers who have them. */
export function createFieldAuthorizer(): FieldAuthorizer {
  const requirements = new WeakMap<Graph, RequirementReader>();
  const documents = new WeakMap<DocumentNode, Guarded>();
  return (graph, document, caller) => {
    const required = requirements.get(graph) ?? createRequirementReader(graph.supergraphSchema);
    requirements.set(graph, required);
    const guarded = documents.get(document) ?? guardedIn(graph, document, required);
    documents.set(document, guarded);
    return guarded.fields.length === 0 ? nothingRefused : refusedOf(guarded, caller);
  };
}

interface Guarded {
  fields: [FieldNode, Requirement][];
  /** Those of the fields, each once. */
  requirements: Requirement[];
  /** What is refused, by what a caller may. */
  byRights: LRUCache<string, DeniedFields>;
  /** The same, by what it comes to. */
  known: LRUCache<string, DeniedFields>;
}

function guardedIn({ supergraphSchema }: Graph, document: DocumentNode, required: RequirementReader): Guarded {
  const fields: [FieldNode, Requirement][] = [];
  const types = new TypeInfo(supergraphSchema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const requirement = required(types.getParentType()?.name ?? '', node.name.value);
        if (isRestricted(requirement)) fields.push([node, requirement]);
      },
    }),
  );
  const requirements = [...new Set(fields.map(([, requirement]) => requirement))];
  const remembered = { max: rememberedRights };
  return { fields, requirements, byRights: new LRUCache(remembered), known: new LRUCache(remembered) };
}

function refusedOf(guarded: Guarded, caller: Caller): DeniedFields {
  const rights = rightsOf(caller);
  const found = guarded.byRights.get(rights);
  if (found) return found;
  const fresh = compared(guarded, caller);
  guarded.byRights.set(rights, fresh);
  return fresh;
}

/** All of a caller that requirements look at. */
function rightsOf(caller: Caller): string {
  const scopes = 'scopes' in caller ? caller.scopes.join(' ') : '';
  return `${caller.kind} ${'role' in caller ? caller.role : ''} ${scopes}`;
}

/** Callers who meet and fail the same requirements are refused the same, by the same map. */
function compared({ fields, requirements, known }: Guarded, caller: Caller): DeniedFields {
  const refusals = new Map(requirements.map((requirement) => [requirement, denialOf(requirement, caller)]));
  const key = [...refusals.values()].join();
  const found = known.get(key);
  if (found) return found;
  const fresh: DeniedFields = new Map(
    fields.flatMap(([node, requirement]) => {
      const refusal = refusals.get(requirement);
      return refusal ? [[node, refusal] as const] : [];
    }),
  );
  known.set(key, fresh);
  return fresh;
}
