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

/** The operation of a fetch that is nothing but the one field that asks for entities. */
export interface Joinable {
  operation: OperationDefinitionNode;
  entities: FieldNode;
}

const variable = 'representations';

/** Whether a fetch is of a kind that may travel with others; `joinable` looks at its operation besides. */
export function mayJoin({ contextRewrites, operationKind, variableUsages = [] }: FetchNode): boolean {
  if (contextRewrites || operationKind !== OperationTypeNode.QUERY) return false;
  return !variableUsages.some((name) => name.startsWith(variable));
}

/** Reads the operation of a fetch; undefined when there is more to it than one field. */
export function joinable({ operation: text }: FetchNode): Joinable | undefined {
  const [operation, ...others] = parse(text, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION || others.length > 0 || operation.directives?.length)
    return undefined;
  const [entities, ...more] = operation.selectionSet.selections;
  if (entities?.kind !== Kind.FIELD || entities.directives?.length || more.length > 0) return undefined;
  return { operation, entities };
}

/** What the field and the variable of one of several are called. */
export function numbered(place: number): { name: string; variable: string } {
  return { name: `_entities_${place}`, variable: `${variable}_${place}` };
}

/** Makes one operation of several, with numbered fields in their order. */
export function joinedOperation(parts: readonly Joinable[]): string {
  const [{ operation }] = parts as [Joinable];
  const definitions = new Map<string, VariableDefinitionNode>();
  for (const [place, part] of parts.entries())
    for (const definition of part.operation.variableDefinitions ?? []) {
      const renamed = isRepresentations(definition.variable)
        ? { ...definition, variable: variableOf(place) }
        : definition;
      definitions.set(renamed.variable.name.value, renamed);
    }
  const selections = parts.map(({ entities }, place) => numberedField(entities, place));
  const joined = {
    ...operation,
    variableDefinitions: [...definitions.values()],
    selectionSet: { kind: Kind.SELECTION_SET, selections } as const,
  };
  return stripIgnoredCharacters(print(joined));
}

function numberedField(entities: FieldNode, place: number): FieldNode {
  return {
    ...entities,
    alias: { kind: Kind.NAME, value: numbered(place).name },
    arguments: (entities.arguments ?? []).map((argument) => ({ ...argument, value: variableOf(place) })),
  };
}

function variableOf(place: number) {
  return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: numbered(place).variable } } as const;
}

function isRepresentations({ name }: { name: { value: string } }): boolean {
  return name.value === variable;
}
