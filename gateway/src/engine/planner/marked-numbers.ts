import { markedNumber, markNumber } from '@marquee/chassis/json/lossless-json';
import {
  type DocumentNode,
  type FloatValueNode,
  getNamedType,
  type GraphQLInputType,
  type GraphQLSchema,
  type IntValueNode,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isSpecifiedScalarType,
  Kind,
  type StringValueNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { isJsonObject, put } from '../json-object.js';

/** Replaces the marks of numbers (see `markNumbers`) in an input value by values that its type accepts. */
export function readMarkedNumbers(type: GraphQLInputType, value: unknown): unknown {
  if (isNonNullType(type)) return readMarkedNumbers(type.ofType, value);
  if (isListType(type))
    return Array.isArray(value)
      ? value.map((item) => readMarkedNumbers(type.ofType, item))
      : readMarkedNumbers(type.ofType, value);
  if (isInputObjectType(type) && isJsonObject(value)) {
    for (const { name, type: fieldType } of Object.values(type.getFields()))
      if (Object.hasOwn(value, name)) put(value, name, readMarkedNumbers(fieldType, value[name]));
    return value;
  }
  const number = markedNumber(value);
  if (number === undefined || (isLeafType(type) && !isSpecifiedScalarType(type))) return value;
  return type.name === 'ID' ? number : Number(number);
}

/**
 * Marks the numbers in a document that the planner would round: it converts literals to JavaScript numbers. A literal of
 * the type `ID` becomes a string, which is the same ID.
 */
export function markLiterals(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const types = new TypeInfo(schema);
  const enter = ({ value }: IntValueNode | FloatValueNode): StringValueNode | undefined => {
    const marked = markNumber(value);
    const type = getNamedType(types.getInputType());
    if (marked === undefined || type?.name === 'Float') return undefined;
    return { kind: Kind.STRING, value: type?.name === 'ID' ? value : marked };
  };
  return visit(document, visitWithTypeInfo(types, { IntValue: enter, FloatValue: enter }));
}
