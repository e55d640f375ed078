import { type FieldProblem, withoutSuggestion } from '@marquee/chassis/errors/errors';
import { type ASTNode, type DocumentNode, type GraphQLError, Kind, type ValueNode, visit } from 'graphql';

/**
 * The invalid value in a document that an error of its validation is about, named like the value of a variable:
 * `input.closesAt`, `input.genreIds.0`. Undefined for an error about something else.
 */
export function literalProblem(document: DocumentNode, { nodes, message }: GraphQLError): FieldProblem | undefined {
  const [sought] = nodes ?? [];
  let path: string[] | undefined;
  visit(document, {
    Argument({ name, value }) {
      const steps = sought && path === undefined ? stepsTo(sought, value) : undefined;
      if (steps) path = [name.value, ...steps];
    },
  });
  return path && { path: path.join('.'), message: withoutSuggestion(message) };
}

/** The keys and indexes that lead from a value to the node; undefined if it is not within the value. */
function stepsTo(sought: ASTNode, value: ValueNode): string[] | undefined {
  if (value === sought) return [];
  for (const [step, node, within] of partsOf(value)) {
    const steps = node === sought ? [] : stepsTo(sought, within);
    if (steps) return [step, ...steps];
  }
  return undefined;
}

function partsOf(value: ValueNode): [step: string, node: ASTNode, value: ValueNode][] {
  if (value.kind === Kind.LIST) return value.values.map((item, index) => [String(index), item, item]);
  if (value.kind === Kind.OBJECT) return value.fields.map((field) => [field.name.value, field, field.value]);
  return [];
}
