import { badInput } from '@marquee/chassis/errors/errors';
import {
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  getArgumentValues,
  type GraphQLField,
  Kind,
  type OperationDefinitionNode,
  parseType,
  valueFromAST,
} from 'graphql';
import type { CursorText } from './resume-request.js';
import type { ResumableDirective } from './live-directives.js';
import { mapRootFields } from '../admission/root-fields.js';

/** Names added to the operation for the subgraph; they never reach a client. */
const cursorAlias = 'resumeCursor_';
const startVariable = 'resumeAfter_';

/**
 * Rewrites a client's subscription so that it can be resumed from any event: selects the cursor field in addition to the
 * client's selections, and replaces the resume argument by a variable.
 * @throws Error if the field has no such argument
 */
export function selectCursor(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  definition: GraphQLField<unknown, unknown>,
  { argument, cursor }: ResumableDirective,
): DocumentNode {
  const type = definition.args.find(({ name }) => name === argument)?.type;
  if (!type) throw new Error(`@resumable on ${definition.name} names an unknown argument: ${argument}`);
  const startArgument = { kind: Kind.VARIABLE, name: nameNode(startVariable) } as const;
  const resumable = mapRootFields(document, operation, (field) => ({
    ...field,
    arguments: [
      ...(field.arguments ?? []).filter(({ name }) => name.value !== argument),
      { kind: Kind.ARGUMENT, name: nameNode(argument), value: startArgument },
    ],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [
        ...(field.selectionSet?.selections ?? []),
        { kind: Kind.FIELD, alias: nameNode(cursorAlias), name: nameNode(cursor) },
      ],
    },
  }));
  const variable = { kind: Kind.VARIABLE_DEFINITION, variable: startArgument, type: parseType(String(type)) } as const;
  const variableDefinitions = [...(operation.variableDefinitions ?? []), variable];
  return {
    ...document,
    definitions: document.definitions.map((one) => (one === operation ? { ...resumable, variableDefinitions } : one)),
  };
}

/** The cursor from which the client asks to resume; undefined to receive only new events. */
export function startCursorOf(
  definition: GraphQLField<unknown, unknown>,
  field: FieldNode,
  variables: Record<string, unknown>,
  { argument }: ResumableDirective,
): unknown {
  return getArgumentValues(definition, field, variables)[argument] ?? undefined;
}

/** A cursor as a value of the resume argument. @throws BAD_USER_INPUT if it has another type */
export function cursorOfText(
  definition: GraphQLField<unknown, unknown>,
  { argument }: ResumableDirective,
  { text, path }: CursorText,
): unknown {
  const type = definition.args.find(({ name }) => name === argument)?.type;
  const kind = /^-?\d+$/.test(text) ? Kind.INT : Kind.STRING;
  const cursor: unknown = type && valueFromAST({ kind, value: text }, type);
  if (cursor === undefined) throw badInput({ path, message: `expected a value of "${argument}"` });
  return cursor;
}

/** The variables with which the stream resumes after this cursor. */
export function resumeVariables(variables: Record<string, unknown>, cursor: unknown): Record<string, unknown> {
  return cursor === undefined ? variables : { ...variables, [startVariable]: cursor };
}

/** Reads the cursor of an event from a subgraph. @param name the response name of the root field */
export function cursorOf({ data }: ExecutionResult, name: string): unknown {
  return (data?.[name] as Record<string, unknown> | null | undefined)?.[cursorAlias] ?? undefined;
}

export function isSameCursor(one: unknown, other: unknown): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

/** Removes the cursor from a result before it is sent to the client. */
export function removeCursor(result: ExecutionResult, name: string): ExecutionResult {
  const event = result.data?.[name] as Record<string, unknown> | null | undefined;
  if (event) delete event[cursorAlias];
  return result;
}

function nameNode(value: string) {
  return { kind: Kind.NAME, value } as const;
}
