import type { FetchNode, FlattenNode, PlanNode } from '@apollo/query-planner';
import {
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
} from 'graphql';
import { type Asked, compileSendingBatch, receive, sendingOf } from './entity-fetch.js';
import { type Batch, compileEntityPart } from './entity-part.js';
import type { Kinds } from './kinds.js';
import { compileSend, usedVariables } from './operation.js';
import { placeBelow } from './place.js';
import type { Step } from './run.js';

/** Makes one request of the fetches of entities that go to one subgraph at the same time from several places. */
export function mergeFetches(nodes: readonly PlanNode[], kinds: Kinds): { merged: Step[]; rest: readonly PlanNode[] } {
  const groups = new Map<string, Mergeable[]>();
  for (const node of nodes) {
    const found = mergeable(node);
    if (!found) continue;
    groups.set(found.fetch.serviceName, [...(groups.get(found.fetch.serviceName) ?? []), found]);
  }
  const several = [...groups.values()].filter((group) => group.length > 1);
  const taken = new Set(several.flat().map(({ flatten }): PlanNode => flatten));
  return {
    merged: several.map((group) => compileMerged(group, kinds)),
    rest: nodes.filter((node) => !taken.has(node)),
  };
}

/** A fetch of entities whose operation is nothing but the one field that asks for them. */
interface Mergeable {
  flatten: FlattenNode;
  fetch: FetchNode;
  operation: OperationDefinitionNode;
  entities: FieldNode;
}

const variable = 'representations';

function mergeable(node: PlanNode): Mergeable | undefined {
  if (node.kind !== 'Flatten' || node.node.kind !== 'Fetch') return undefined;
  const fetch = node.node;
  if (!fetch.requires || fetch.contextRewrites || fetch.operationKind !== OperationTypeNode.QUERY) return undefined;
  if (fetch.variableUsages?.some((name) => name.startsWith(variable))) return undefined;
  const [operation, ...others] = parse(fetch.operation, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION || others.length > 0 || operation.directives?.length)
    return undefined;
  const [entities, ...more] = operation.selectionSet.selections;
  if (entities?.kind !== Kind.FIELD || entities.directives?.length || more.length > 0) return undefined;
  return { flatten: node, fetch, operation, entities };
}

function compileMerged(group: readonly Mergeable[], kinds: Kinds): Step {
  const parts = group.map(({ flatten, fetch }) => {
    const part = compileEntityPart(fetch, kinds);
    return { path: flatten.path, part, alone: compileSendingBatch(fetch, part) };
  });
  const [{ fetch }] = group as [Mergeable];
  const send = compileSend({ ...fetch, operation: mergedOperation(group) });
  const usages = [...new Set(group.flatMap(({ fetch }) => fetch.variableUsages ?? []))];
  return async (run, place) => {
    const gathered = parts.map(({ path, part, alone }, index) => {
      const there = placeBelow(place, path);
      return { ...numbered(index), part, alone, batch: there && part.gather(there) };
    });
    const [first, ...others] = gathered.filter(hasBatch);
    if (!first) return;
    if (others.length === 0) return first.alone(run, first.batch);
    const asked = gathered.map((one): Asked => ({ ...one, batch: one.batch ?? nothing }));
    receive(run, asked, await send(run, sendingOf(usedVariables(usages, run), asked)));
  };
}

function hasBatch<Gathered extends { batch: Batch | undefined }>(one: Gathered): one is Gathered & { batch: Batch } {
  return one.batch !== undefined;
}

const nothing: Batch = { place: { path: [], data: [] }, entities: [], representations: [], texts: [], owners: [] };

function numbered(index: number): { name: string; variable: string } {
  return { name: `_entities_${index}`, variable: `${variable}_${index}` };
}

function mergedOperation(group: readonly Mergeable[]): string {
  const [{ operation }] = group as [Mergeable];
  const definitions = new Map<string, VariableDefinitionNode>();
  for (const [index, one] of group.entries())
    for (const definition of one.operation.variableDefinitions ?? []) {
      const renamed = isRepresentations(definition.variable)
        ? { ...definition, variable: variableOf(index) }
        : definition;
      definitions.set(renamed.variable.name.value, renamed);
    }
  const selections = group.map(({ entities }, index) => numberedField(entities, index));
  const merged = {
    ...operation,
    variableDefinitions: [...definitions.values()],
    selectionSet: { kind: Kind.SELECTION_SET, selections } as const,
  };
  return stripIgnoredCharacters(print(merged));
}

function numberedField(entities: FieldNode, index: number): FieldNode {
  return {
    ...entities,
    alias: { kind: Kind.NAME, value: numbered(index).name },
    arguments: (entities.arguments ?? []).map((argument) => ({ ...argument, value: variableOf(index) })),
  };
}

function variableOf(index: number) {
  return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: numbered(index).variable } } as const;
}

function isRepresentations({ name }: { name: { value: string } }): boolean {
  return name.value === variable;
}
