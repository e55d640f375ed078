import {
  GraphQLID,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLField,
  type GraphQLScalarType,
  type GraphQLSchema,
  GraphQLString,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  specifiedScalarTypes,
  valueFromASTUntyped,
} from 'graphql';
import { memoizeWeak } from '../caching/memoize.js';
import { badInput, type FieldProblem } from '../errors/errors.js';
import { exceedsBytes, isOversized, unsafeTextProblem } from '../input/unsafe-text.js';
import { findDirective } from './directives.js';

/** Sizes that an argument may have at most, in characters. Fields have narrower limits of their own. */
const maxIdCharacters = 250;
const maxTextCharacters = 5000;

/** Problems that one error reports. */
const maxProblems = 100;

/**
 * Checks every text in the arguments of every field before its resolver is called: those of the types String and ID, and
 * those that are parsed by a scalar such as URL. An unsafe text is BAD_USER_INPUT at that field with the path of the value,
 * so that no resolver and no store receives one. A query for one entity by its key is null instead: no entity has such a
 * key.
 *
 * @param exempt fields as `Type.field` that check their arguments themselves
 * @throws Error for an exempt field that does not exist
 */
export function checkArguments(schema: GraphQLSchema, exempt: readonly string[]): void {
  const unknown = new Set(exempt);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isScalarType(type) && isOwnScalar(type)) deferProblems(type);
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields()))
      if (!unknown.delete(`${type.name}.${field.name}`)) checkField(field, isLookup(type, field));
  }
  if (unknown.size > 0) throw new Error(`Fields that do not exist: ${[...unknown].join(', ')}.`);
}

/** The text of a key in a reference of another service that no entity can have. */
export function isUnsafeReference(reference: object): boolean {
  return Object.values(reference).some(
    (value) => typeof value === 'string' && problemOf(value, maxIdCharacters, false) !== null,
  );
}

function problemOf(value: string, max: number, lines: boolean): string | null {
  return exceedsBytes(value, max) ? tooLong(max) : unsafeTextProblem(value, lines);
}

/** The same without counting bytes, which takes longer: for the further texts of a field that is refused already. */
function quickProblemOf(value: string, max: number, lines: boolean): string | null {
  return isOversized(value, max) ? tooLong(max) : unsafeTextProblem(value, lines);
}

function tooLong(max: number): string {
  return `must have at most ${max} characters`;
}

/** A value that its scalar rejects. It is reported at the field, with its path, instead of failing the operation. */
class InvalidValue {
  constructor(readonly problem: string) {}
}

/** Adds the problems of a value. */
type Check = (value: unknown, path: string, problems: FieldProblem[]) => void;
type Resolve = NonNullable<GraphQLField<unknown, unknown>['resolve']>;

function checkField(field: GraphQLField<unknown, unknown>, lookup: boolean): void {
  const checks = field.args.flatMap(({ name, type }) => {
    const check = checkOf(type);
    return check ? [{ name, check }] : [];
  });
  if (checks.length === 0) return;
  for (const method of ['resolve', 'subscribe'] as const) {
    const run = field[method];
    // The events of a subscription have the arguments that its start had.
    if (run && !(method === 'resolve' && field.subscribe)) field[method] = checked(run, checks, lookup);
  }
}

/** A query of one entity. */
function isLookup(parent: GraphQLObjectType, { type }: GraphQLField<unknown, unknown>): boolean {
  return parent.name === 'Query' && isObjectType(type) && findDirective(type, 'key') !== undefined;
}

function checked(resolve: Resolve, checks: readonly { name: string; check: Check }[], lookup: boolean): Resolve {
  return (source, args: Record<string, unknown>, context, info) => {
    const problems: FieldProblem[] = [];
    for (const { name, check } of checks) if (isGiven(args[name])) check(args[name], name, problems);
    if (problems.length > 0 && lookup) return null;
    if (problems.length > 0) throw badInput(...problems.slice(0, maxProblems));
    return resolve(source, args, context, info);
  };
}

/** The check of a type, null for types without text. An input type may contain itself. */
const checkOf: (type: GraphQLInputType) => Check | null = memoizeWeak((type) => {
  if (isNonNullType(type)) return checkOf(type.ofType);
  if (isListType(type)) return listCheck(type.ofType);
  if (isInputObjectType(type)) return objectCheck(type);
  if (!isScalarType(type)) return null;
  if (type.name === GraphQLID.name) return textCheck(maxIdCharacters, false);
  if (type.name === GraphQLString.name) return textCheck(maxTextCharacters, true);
  return isOwnScalar(type) ? checkScalar : null;
});

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function textCheck(max: number, lines: boolean): Check {
  return (value, path, problems) => {
    const message = (problems.length === 0 ? problemOf : quickProblemOf)(value as string, max, lines);
    if (message !== null) problems.push({ path, message });
  };
}

function listCheck(type: GraphQLInputType): Check | null {
  const check = checkOf(type);
  if (!check) return null;
  return (value, path, problems) => {
    for (const [index, item] of (value as unknown[]).entries()) {
      if (problems.length >= maxProblems) return;
      if (isGiven(item)) check(item, `${path}.${index}`, problems);
    }
  };
}

function objectCheck(type: GraphQLInputObjectType): Check {
  let checks: { name: string; check: Check }[] | undefined;
  return (value, path, problems) => {
    checks ??= Object.values(type.getFields()).flatMap(({ name, type: fieldType }) => {
      const check = checkOf(fieldType);
      return check ? [{ name, check }] : [];
    });
    const values = value as Record<string, unknown>;
    for (const { name, check } of checks) if (isGiven(values[name])) check(values[name], `${path}.${name}`, problems);
  };
}

function checkScalar(value: unknown, path: string, problems: FieldProblem[]): void {
  if (value instanceof InvalidValue) problems.push({ path, message: value.problem });
}

/** Excludes the scalars of GraphQL and of federation. */
function isOwnScalar({ name }: GraphQLScalarType): boolean {
  return !isSpecifiedScalarName(name) && !name.includes('_');
}

function isSpecifiedScalarName(name: string): boolean {
  return specifiedScalarTypes.some((scalar) => scalar.name === name);
}

/** Parsing a long value takes long, and scalars such as URL consist of few characters. */
function scalarProblem(value: string): string | null {
  const isLong = value.length > maxTextCharacters;
  return isLong ? tooLong(maxTextCharacters) : unsafeTextProblem(value, false);
}

/** The values of a scalar that it rejects, and unsafe texts, become an `InvalidValue`. */
function deferProblems(scalar: GraphQLScalarType): void {
  const { name, parseValue, parseLiteral } = scalar;
  const parsed = (raw: unknown, parse: () => unknown): unknown => {
    const problem = typeof raw === 'string' ? scalarProblem(raw) : null;
    if (problem !== null) return new InvalidValue(problem);
    try {
      return parse();
    } catch {
      return new InvalidValue(`must be a valid ${name}`);
    }
  };
  scalar.parseValue = (value) => parsed(value, () => parseValue(value));
  scalar.parseLiteral = (node, variables) =>
    parsed(valueFromASTUntyped(node, variables), () => parseLiteral(node, variables));
}
