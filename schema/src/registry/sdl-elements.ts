import {
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  print,
  type TypeNode,
} from 'graphql';
import { acceptsInput, type IsSubtype, isValidOutput } from './type-compatibility.js';

/** An element of an SDL: a type, field, argument, enum value, input field or union member. */
export interface Element {
  coordinate: string;
  /** Whether values of the type leave the service or reach it; absent for elements without a type. */
  direction?: 'output' | 'input';
  type?: TypeNode;
  isRequired: boolean;
}

/** The elements of an SDL by schema coordinate. */
export type Elements = ReadonlyMap<string, Element>;

/**
 * The differences for which requests by a published schema fail: elements that a running service does not serve, types that
 * differ, and arguments and input fields that it requires although the published schema does not.
 */
export function missingElements(published: string, served: string): string[] {
  const [expected, actual] = [elementsOf(parse(published)), elementsOf(parse(served))];
  const absent = [...expected.keys()].filter((coordinate) => !actual.has(coordinate));
  const required = [...actual].filter(
    ([coordinate, { isRequired }]) =>
      isRequired && !expected.get(coordinate)?.isRequired && expected.has(parentOf(coordinate)),
  );
  // A missing type stands for all its fields.
  const topmost = absent.filter((coordinate) => !absent.includes(parentOf(coordinate)));
  return [
    ...topmost,
    ...incompatibleElements(published, served).map(describeIncompatible),
    ...required.map(([coordinate]) => `${coordinate}, which it requires`),
  ];
}

/** An element that two SDLs have, with different types. */
interface IncompatibleElement {
  published: TypedElement;
  served: TypedElement;
}

/** The elements for which a service with the second SDL cannot be requested by the first one. */
function incompatibleElements(published: string, served: string): IncompatibleElement[] {
  const actual = parse(served);
  const isSubtype = subtypesOf(actual);
  const byCoordinate = elementsOf(actual);
  return [...elementsOf(parse(published)).values()].flatMap((element) => {
    const found = byCoordinate.get(element.coordinate);
    if (!hasType(element) || !found || !hasType(found)) return [];
    return isCompatible(found, element, isSubtype) ? [] : [{ published: element, served: found }];
  });
}

/** A required element that was optional is reported as such, not as a type that differs. */
function isCompatible(served: TypedElement, published: TypedElement, isSubtype: IsSubtype): boolean {
  if (published.direction === 'output') return isValidOutput(served.type, published.type, isSubtype);
  return acceptsInput(nullable(served.type), nullable(published.type));
}

function describeIncompatible({ published, served }: IncompatibleElement): string {
  return `${published.coordinate}: ${print(published.type)}, which it serves as ${print(served.type)}`;
}

type TypedElement = Element & { type: TypeNode };

function hasType(element: Element): element is TypedElement {
  return element.type !== undefined;
}

function nullable(type: TypeNode): TypeNode {
  return type.kind === Kind.NON_NULL_TYPE ? type.type : type;
}

/** Object types and interfaces by the interfaces that they implement, and object types by their unions. */
export function subtypesOf(document: DocumentNode): IsSubtype {
  const pairs = typesOf(document).flatMap((type) => [
    ...('interfaces' in type ? (type.interfaces ?? []) : []).map((one) => `${type.name.value} ${one.name.value}`),
    ...('types' in type ? (type.types ?? []) : []).map((one) => `${one.name.value} ${type.name.value}`),
  ]);
  const known = new Set(pairs);
  return (type, abstractType) => known.has(`${type} ${abstractType}`);
}

/** The elements of a document by schema coordinate, without those that federation adds. */
export function elementsOf(document: DocumentNode): Elements {
  return new Map(typesOf(document).flatMap((type) => elementsOfType(type).map((one) => [one.coordinate, one])));
}

function elementsOfType(type: TypeLike): Element[] {
  const name = type.name.value;
  const values = 'values' in type ? (type.values ?? []).map((one) => one.name.value) : [];
  const unionTypes = 'types' in type ? (type.types ?? []).map((one) => one.name.value) : [];
  return [
    { coordinate: name, isRequired: false },
    ...[...values, ...unionTypes].map((member) => ({ coordinate: `${name}.${member}`, isRequired: false })),
    ...fieldsOf(type).flatMap((field) => elementsOfField(field, `${name}.${field.name.value}`)),
  ];
}

function elementsOfField(field: FieldDefinitionNode | InputValueDefinitionNode, coordinate: string): Element[] {
  if (field.kind === Kind.INPUT_VALUE_DEFINITION) return [inputElement(field, coordinate)];
  const { type, arguments: parameters = [] } = field;
  return [
    { coordinate, direction: 'output', type, isRequired: false },
    ...parameters.map((argument) => inputElement(argument, `${coordinate}.${argument.name.value}`)),
  ];
}

function inputElement({ type, defaultValue }: InputValueDefinitionNode, coordinate: string): Element {
  const isRequired = type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined;
  return { coordinate, direction: 'input', type, isRequired };
}

/** Type definitions and extensions, without those that federation adds to the schema of a subgraph. */
export function typesOf({ definitions }: DocumentNode): TypeLike[] {
  return definitions.filter(isTypeLike).filter(({ name }) => !/^_|__/.test(name.value));
}

export type TypeLike = Extract<DefinitionNode, { kind: `${string}TypeDefinition` | `${string}TypeExtension` }>;

export function isTypeLike(definition: DefinitionNode): definition is TypeLike {
  return /Type(Definition|Extension)$/.test(definition.kind);
}

/** The fields of a type, without those of federation such as `_service`. */
export function fieldsOf(type: TypeLike): readonly (FieldDefinitionNode | InputValueDefinitionNode)[] {
  return 'fields' in type ? (type.fields ?? []).filter(({ name }) => !name.value.startsWith('_')) : [];
}

function parentOf(coordinate: string): string {
  return coordinate.slice(0, Math.max(0, coordinate.lastIndexOf('.')));
}
