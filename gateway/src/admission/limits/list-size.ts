import { badInput } from '@marquee/chassis/errors/errors';
import {
  type FieldNode,
  type GraphQLError,
  type GraphQLField,
  isListType,
  isNonNullType,
  Kind,
  valueFromASTUntyped,
} from 'graphql';
import type { DirectiveArgs } from '../linked-directives.js';

/** The values of an operation's variables. */
export type Variables = Readonly<Record<string, unknown>>;

/** How many items a list is taken to have: a number, or what the variables say. */
export type Size = number | ((variables: Variables) => number);

/** Sizes by field name, for the fields below one that bears `@listSize(sizedFields:)`. */
export type SizedFields = ReadonlyMap<string, Size>;

export function isList({ type }: GraphQLField<unknown, unknown>): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

/** What `@listSize` says of a field as it is asked; undefined when it says nothing. */
export function sizeOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  mark: DirectiveArgs | undefined,
): Size | undefined {
  if (!mark) return undefined;
  const sizes = names(mark['slicingArguments']).flatMap((name) => argumentOf(field, node, name) ?? []);
  const assumed = typeof mark['assumedSize'] === 'number' ? mark['assumedSize'] : undefined;
  if (sizes.length === 0) return assumed;
  if (sizes.every((size) => typeof size === 'number')) return Math.max(...sizes);
  return (variables) => {
    const known = sizes
      .map((size) => (typeof size === 'number' ? size : size(variables)))
      .filter((size) => !Number.isNaN(size));
    return known.length > 0 ? Math.max(...known) : (assumed ?? 0);
  };
}

export function sizedFieldsOf(mark: DirectiveArgs | undefined): string[] {
  return names(mark?.['sizedFields']);
}

/** `@listSize(requireOneSlicingArgument:)`, which holds unless it says otherwise. */
export function slicingFault(node: FieldNode, mark: DirectiveArgs | undefined): GraphQLError | undefined {
  const slicing = names(mark?.['slicingArguments']);
  if (slicing.length === 0 || mark?.['requireOneSlicingArgument'] === false) return undefined;
  const given = (node.arguments ?? []).filter(({ name }) => slicing.includes(name.value));
  if (given.length === 1) return undefined;
  const message = `${node.name.value} needs one argument of: ${slicing.join(', ')}`;
  return badInput({ path: 'query', message });
}

/** An argument's number; NaN where a variable has none. */
function argumentOf(field: GraphQLField<unknown, unknown>, node: FieldNode, name: string): Size | undefined {
  const usual = numberIn(field.args.find((argument) => argument.name === name)?.defaultValue);
  const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value === undefined) return usual;
  if (value.kind !== Kind.VARIABLE) return numberIn(valueFromASTUntyped(value)) ?? usual;
  const variable = value.name.value;
  return (variables) => numberIn(variables[variable]) ?? usual ?? NaN;
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? Math.max(0, value) : undefined;
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
