import {
  type FieldNode,
  type GraphQLError,
  type GraphQLField,
  isListType,
  isNonNullType,
  Kind,
  valueFromASTUntyped,
} from 'graphql';
import type { DirectiveArgs } from '@marquee/chassis/graphql/directives';
import { slicingArgumentRequired } from '../refusals.js';

/** The values of an operation's variables. */
export type Variables = Readonly<Record<string, unknown>>;

/** An assumed number of list items: a constant, or a function of the variables. */
export type Size = number | ((variables: Variables) => number);

/** Sizes by field name, for the fields below one with `@listSize(sizedFields:)`. */
export type SizedFields = ReadonlyMap<string, Size>;

export function isList({ type }: GraphQLField<unknown, unknown>): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

/** The size that `@listSize` gives a selected field; undefined if the directive is absent or gives none. */
export function sizeOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  listSize: DirectiveArgs | undefined,
): Size | undefined {
  if (!listSize) return undefined;
  const sizes = names(listSize['slicingArguments']).flatMap((name) => argumentSize(field, node, name) ?? []);
  const assumed = typeof listSize['assumedSize'] === 'number' ? listSize['assumedSize'] : undefined;
  if (sizes.length === 0) return assumed;
  if (sizes.every((size) => typeof size === 'number')) return Math.max(...sizes);
  return (variables) => {
    const known = sizes
      .map((size) => (typeof size === 'number' ? size : size(variables)))
      .filter((size) => !Number.isNaN(size));
    return known.length > 0 ? Math.max(...known) : (assumed ?? 0);
  };
}

export function sizedFieldsOf(listSize: DirectiveArgs | undefined): string[] {
  return names(listSize?.['sizedFields']);
}

/** Applies `@listSize(requireOneSlicingArgument:)`, which is true by default. */
export function slicingError(node: FieldNode, listSize: DirectiveArgs | undefined): GraphQLError | undefined {
  const slicing = names(listSize?.['slicingArguments']);
  if (slicing.length === 0 || listSize?.['requireOneSlicingArgument'] === false) return undefined;
  const provided = (node.arguments ?? []).filter(({ name }) => slicing.includes(name.value));
  return provided.length === 1 ? undefined : slicingArgumentRequired(node.name.value, slicing);
}

/** The number in an argument; NaN if its variable has none. */
function argumentSize(field: GraphQLField<unknown, unknown>, node: FieldNode, name: string): Size | undefined {
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
