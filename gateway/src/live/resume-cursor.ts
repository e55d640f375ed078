import {
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  getArgumentValues,
  type GraphQLField,
  Kind,
  type OperationDefinitionNode,
  parseType,
} from 'graphql';
import type { ResumableDirective } from './live-directives.js';
import { mapRootFields } from '../admission/root-fields.js';

/** Names in the operation that subgraphs are sent. No client hears of them. */
const cursorAlias = 'resumeCursor_';
const startVariable = 'resumeAfter_';

/**
 * The operation of a client, made such that it can go on from any event: the cursor is selected beside what the client
 * selects, and the argument to resume by is a variable.
 */
export function selectCursor(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  definition: GraphQLField<unknown, unknown>,
  { argument, cursor }: ResumableDirective,
): DocumentNode {
  const type = definition.args.find(({ name }) => name === argument)?.type;
  if (!type) throw new Error(`${definition.name} is resumable by an argument that it does not have: ${argument}`);
  const start = { kind: Kind.VARIABLE, name: named(startVariable) } as const;
  const resumable = mapRootFields(document, operation, (field) => ({
    ...field,
    arguments: [
      ...(field.arguments ?? []).filter(({ name }) => name.value !== argument),
      { kind: Kind.ARGUMENT, name: named(argument), value: start },
    ],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [
        ...(field.selectionSet?.selections ?? []),
        { kind: Kind.FIELD, alias: named(cursorAlias), name: named(cursor) },
      ],
    },
  }));
  const variable = { kind: Kind.VARIABLE_DEFINITION, variable: start, type: parseType(String(type)) } as const;
  const variableDefinitions = [...(operation.variableDefinitions ?? []), variable];
  return {
    ...document,
    definitions: document.definitions.map((one) => (one === operation ? { ...resumable, variableDefinitions } : one)),
  };
}

/** Where the client wants the stream to begin; undefined for "from now on". */
export function startCursorOf(
  definition: GraphQLField<unknown, unknown>,
  field: FieldNode,
  variables: Record<string, unknown>,
  { argument }: ResumableDirective,
): unknown {
  return getArgumentValues(definition, field, variables)[argument] ?? undefined;
}

/** The variables with which the stream goes on after this cursor. */
export function resumeVariables(variables: Record<string, unknown>, cursor: unknown): Record<string, unknown> {
  return cursor === undefined ? variables : { ...variables, [startVariable]: cursor };
}

/** The cursor of an event as a subgraph sent it. @param name the response name of the root field */
export function cursorOf({ data }: ExecutionResult, name: string): unknown {
  return (data?.[name] as Record<string, unknown> | null | undefined)?.[cursorAlias] ?? undefined;
}

/** Takes the cursor out of what a client gets. */
export function removeCursor({ data }: ExecutionResult, name: string): void {
  const event = data?.[name] as Record<string, unknown> | null | undefined;
  if (event) delete event[cursorAlias];
}

function named(value: string) {
  return { kind: Kind.NAME, value } as const;
}
