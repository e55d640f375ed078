import { isMarkedNumber, markedNumber } from '@marquee/chassis/json/lossless-json';
import {
  type GraphQLLeafType,
  type GraphQLOutputType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isSpecifiedScalarType,
} from 'graphql';
import type { ResponseField } from './collect-fields.js';
import {
  completeList,
  type CompleteNonNull,
  type CompleteValue,
  describePosition,
  reportInvalidValue,
} from './null-propagation.js';

export interface ValueOptions {
  /** Completes values of a non-null type. */
  completeNonNull: CompleteNonNull;
  /** Compiles the completion of a field's objects. */
  compileObjects(field: ResponseField): CompleteValue;
}

/** Compiles the completion of a field's values (CompleteValue in section 6.4.3 of the GraphQL specification). */
export function compileValue(field: ResponseField, type: GraphQLOutputType, options: ValueOptions): CompleteValue {
  if (isNonNullType(type))
    return options.completeNonNull(field, type.ofType, compileValue(field, type.ofType, options));
  if (isListType(type)) return completeList(type, compileValue(field, type.ofType, options));
  return isLeafType(type) ? completeLeaf(field, type, leafTest(type)) : options.compileObjects(field);
}

function completeLeaf(
  field: ResponseField,
  type: GraphQLLeafType,
  isValid: (value: unknown) => boolean,
): CompleteValue {
  return (value, context) => {
    context.bytes += typeof value === 'string' ? value.length + itemBytes : itemBytes;
    if (value === null || isValid(value)) return value;
    const number = markedNumber(value);
    if (number !== undefined && type.name === 'ID') return number;
    if (number !== undefined && type.name === 'Float') return Number(number);
    return reportInvalidValue(context, `Invalid value found for ${describePosition(field, type, context.path)}.`);
  };
}

/** The quotes and the comma of an item, or a short value. */
const itemBytes = 3;

/** A test whether a value from a subgraph belongs to this type. A custom scalar has any value. */
export function leafTest(type: GraphQLLeafType): (value: unknown) => boolean {
  if (isEnumType(type)) {
    const names = new Set(type.getValues().map(({ name }) => name));
    return (value) => typeof value === 'string' && names.has(value);
  }
  return isSpecifiedScalarType(type) ? scalarTest(type.name) : () => true;
}

function scalarTest(name: string): (value: unknown) => boolean {
  switch (name) {
    case 'Boolean':
      return (value) => typeof value === 'boolean';
    case 'Int':
      return (value) => isInteger(value);
    case 'Float':
      return (value) => typeof value === 'number';
    case 'ID':
      return (value) => (typeof value === 'string' ? !isMarkedNumber(value) : isInteger(value));
    default:
      return (value) => typeof value === 'string' && !isMarkedNumber(value);
  }
}

/** From here on JavaScript writes numbers with an exponent. */
const exponentFrom = 1e21;

function isInteger(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) < exponentFrom;
}
