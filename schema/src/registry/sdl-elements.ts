import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  print,
} from 'graphql';

/** The elements of an SDL by schema coordinate: types, fields, arguments, enum values, input fields, union members. */
type Elements = ReadonlyMap<string, { isRequired: boolean }>;

/**
 * The differences for which requests by a published schema fail: elements that a running service does not serve, and
 * arguments and input fields that it requires although the published schema does not.
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
  return [...topmost, ...required.map(([coordinate]) => `${coordinate}, which it requires`)];
}

/** The elements of one SDL that another one lacks. */
export function removedElements(before: string, after: string): string[] {
  const kept = elementsOf(parse(after));
  return [...elementsOf(parse(before)).keys()].filter((coordinate) => !kept.has(coordinate));
}

/** An SDL without the elements that another one lacks: everything that both services serve. */
export function withoutRemoved(before: string, after: string): string {
  const document = parse(before);
  const kept = elementsOf(parse(after));
  const keys = new Set(typesOf(parse(after)).flatMap(({ name, directives = [] }) => directives.map(keyOf(name.value))));
  const definitions = document.definitions.flatMap((definition) => reduce(definition, kept, keys));
  return `${print({ ...document, definitions })}\n`;
}

function elementsOf(document: DocumentNode): Elements {
  return new Map(typesOf(document).flatMap((type) => elementsOfType(type).map((one) => [one.coordinate, one])));
}

interface Element {
  coordinate: string;
  isRequired: boolean;
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
  if (field.kind === Kind.INPUT_VALUE_DEFINITION) return [{ coordinate, isRequired: isRequiredInput(field) }];
  const parameters = (field.arguments ?? []).map((argument) => ({
    coordinate: `${coordinate}.${argument.name.value}`,
    isRequired: isRequiredInput(argument),
  }));
  return [{ coordinate, isRequired: false }, ...parameters];
}

function isRequiredInput({ type, defaultValue }: InputValueDefinitionNode): boolean {
  return type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined;
}

/** Type definitions and extensions, without those that federation adds to the schema of a subgraph. */
function typesOf({ definitions }: DocumentNode): TypeLike[] {
  return definitions.filter(isTypeLike).filter(({ name }) => !/^_|__/.test(name.value));
}

type TypeLike = Extract<DefinitionNode, { kind: `${string}TypeDefinition` | `${string}TypeExtension` }>;

function isTypeLike(definition: DefinitionNode): definition is TypeLike {
  return /Type(Definition|Extension)$/.test(definition.kind);
}

function fieldsOf(type: TypeLike): readonly (FieldDefinitionNode | InputValueDefinitionNode)[] {
  return 'fields' in type ? (type.fields ?? []).filter(({ name }) => !name.value.startsWith('_')) : [];
}

/** Removes the elements of a definition that are not kept; no definition if it is not kept itself. */
function reduce(definition: DefinitionNode, kept: Elements, keys: ReadonlySet<string>): DefinitionNode[] {
  if (!isTypeLike(definition) || /^_|__/.test(definition.name.value)) return [definition];
  const name = definition.name.value;
  if (!kept.has(name)) return [];
  const isKept = (node: { name: { value: string } }) => kept.has(`${name}.${node.name.value}`);
  const isKnown = (directive: ConstDirectiveNode) => directive.name.value !== 'key' || keys.has(keyOf(name)(directive));
  const reduced: Record<string, unknown> = { ...definition, directives: definition.directives?.filter(isKnown) };
  if ('interfaces' in definition)
    reduced['interfaces'] = definition.interfaces?.filter((one) => kept.has(one.name.value));
  if ('values' in definition) reduced['values'] = definition.values?.filter(isKept);
  if ('types' in definition) reduced['types'] = definition.types?.filter(isKept);
  if ('fields' in definition)
    reduced['fields'] = fieldsOf(definition)
      .filter(isKept)
      .map((field) => reduceArguments(field, `${name}.${field.name.value}`, kept));
  return [reduced as unknown as DefinitionNode];
}

function reduceArguments(
  field: FieldDefinitionNode | InputValueDefinitionNode,
  coordinate: string,
  kept: Elements,
): FieldDefinitionNode | InputValueDefinitionNode {
  if (field.kind === Kind.INPUT_VALUE_DEFINITION || !field.arguments) return field;
  return { ...field, arguments: field.arguments.filter(({ name }) => kept.has(`${coordinate}.${name.value}`)) };
}

function keyOf(type: string): (directive: ConstDirectiveNode) => string {
  return (directive) => `${type} ${print(directive)}`;
}

function parentOf(coordinate: string): string {
  return coordinate.slice(0, Math.max(0, coordinate.lastIndexOf('.')));
}
