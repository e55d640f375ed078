import type { FetchNode } from '@apollo/query-planner';
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

/** A subgraph operation with a single `_entities` field and nothing else. */
export interface BatchableOperation {
  operation: OperationDefinitionNode;
  entities: FieldNode;
}

const variable = 'representations';

/** Whether a fetch is of a kind that can be merged with others. `parseBatchable` then checks its operation. */
export function isBatchable({ contextRewrites, operationKind, variableUsages = [] }: FetchNode): boolean {
  if (contextRewrites || operationKind !== OperationTypeNode.QUERY) return false;
  return !variableUsages.some((name) => name.startsWith(variable));
}

/** Parses the operation of a fetch; undefined if it has more than one field, or directives. */
export function parseBatchable({ operation: text }: FetchNode): BatchableOperation | undefined {
  const [operation, ...others] = parse(text, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION || others.length > 0 || operation.directives?.length)
    return undefined;
  const [entities, ...more] = operation.selectionSet.selections;
  if (entities?.kind !== Kind.FIELD || entities.directives?.length || more.length > 0) return undefined;
  return { operation, entities };
}

/** The response name and the variable name of the `_entities` field at this index of a merged operation. */
export function numberedNames(index: number): { name: string; variable: string } {
  return { name: `_entities_${index}`, variable: `${variable}_${index}` };
}

/**
 * Merges operations into one.
 * @param numbers that of the `_entities` field of each operation; equal fields have the same number
 */
export function mergeOperations(operations: readonly BatchableOperation[], numbers: readonly number[]): string {
  const [{ operation }] = operations as [BatchableOperation];
  const definitions = new Map<string, VariableDefinitionNode>();
  const fields = new Map<number, FieldNode>();
  for (const [position, one] of operations.entries()) {
    const index = numbers[position] ?? position;
    fields.set(index, numberedField(one.entities, index));
    for (const definition of one.operation.variableDefinitions ?? []) {
      const renamed = isRepresentations(definition.variable)
        ? { ...definition, variable: numberedVariable(index) }
        : definition;
      definitions.set(renamed.variable.name.value, renamed);
    }
  }
  const merged = {
    ...operation,
    variableDefinitions: [...definitions.values()],
    selectionSet: { kind: Kind.SELECTION_SET, selections: [...fields.values()] } as const,
  };
  return stripIgnoredCharacters(print(merged));
}

function numberedField(entities: FieldNode, index: number): FieldNode {
  return {
    ...entities,
    alias: { kind: Kind.NAME, value: numberedNames(index).name },
    arguments: (entities.arguments ?? []).map((argument) => ({ ...argument, value: numberedVariable(index) })),
  };
}

function numberedVariable(index: number) {
  return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: numberedNames(index).variable } } as const;
}

function isRepresentations({ name }: { name: { value: string } }): boolean {
  return name.value === variable;
}
