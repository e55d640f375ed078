import { namedTypeOf } from '@marquee/chassis/graphql/named-type';
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type InlineFragmentNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';

export type TypeDefinition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;
export type TypeDefinitions = ReadonlyMap<string, TypeDefinition>;

/** A `@join__field` with a selection of required or provided fields. */
export interface FieldSet {
  type: TypeDefinition;
  field: string;
  directive: ConstDirectiveNode;
  subgraph: string;
  selectionSet: SelectionSetNode;
}

export function forEachField(
  types: TypeDefinitions,
  type: TypeDefinition,
  { selections }: SelectionSetNode,
  act: (coordinate: string, node: FieldNode) => void,
): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
    if (selection.kind === Kind.FIELD) act(coordinate(type, selection.name.value), selection);
    const next = typeBelow(types, type, selection);
    if (next && selection.selectionSet) forEachField(types, next, selection.selectionSet, act);
  }
}

export function coordinate({ name }: TypeDefinition, field: string): string {
  return `${name.value}.${field}`;
}

export function typesOf({ definitions }: DocumentNode): TypeDefinitions {
  const types = definitions.filter(
    (one) => one.kind === Kind.OBJECT_TYPE_DEFINITION || one.kind === Kind.INTERFACE_TYPE_DEFINITION,
  );
  return new Map(types.map((type) => [type.name.value, type]));
}

export function implementationsOf(types: TypeDefinitions, { kind, name }: TypeDefinition): TypeDefinition[] {
  if (kind !== Kind.INTERFACE_TYPE_DEFINITION) return [];
  return [...types.values()].filter(({ interfaces = [] }) => interfaces.some((one) => one.name.value === name.value));
}

export function typeBelow(types: TypeDefinitions, type: TypeDefinition, selection: FieldNode | InlineFragmentNode) {
  if (selection.kind === Kind.INLINE_FRAGMENT)
    return selection.typeCondition ? types.get(selection.typeCondition.name.value) : type;
  const field = fieldOf(type, selection.name.value);
  return field && types.get(namedType(field.type));
}

export function fieldOf({ fields = [] }: TypeDefinition, name: string): FieldDefinitionNode | undefined {
  return fields.find((field) => field.name.value === name);
}

export function namedType(type: TypeNode | undefined): string {
  return type ? namedTypeOf(type) : '';
}

/** By value of the enum `join__Graph`, the name of the subgraph. */
export function subgraphNames({ definitions }: DocumentNode): ReadonlyMap<string, string> {
  const graphs = definitions.find((one) => one.kind === Kind.ENUM_TYPE_DEFINITION && one.name.value === 'join__Graph');
  const values = graphs?.kind === Kind.ENUM_TYPE_DEFINITION ? (graphs.values ?? []) : [];
  return new Map(
    values.map(({ name, directives: [directive] = [] }) => [name.value, textArgument(directive, 'name') ?? name.value]),
  );
}

/** @param subgraphs their names by `join__Graph` value */
export function fieldSetsOf(
  types: TypeDefinitions,
  subgraphs: ReadonlyMap<string, string>,
  argument: 'requires' | 'provides',
): FieldSet[] {
  const fields = [...types.values()].flatMap((type) => (type.fields ?? []).map((field) => ({ type, field })));
  return fields.flatMap(({ type, field }) =>
    (field.directives ?? []).flatMap((directive) => {
      const selection = directive.name.value === 'join__field' ? textArgument(directive, argument) : undefined;
      const subgraph = subgraphs.get(textArgument(directive, 'graph') ?? '');
      if (selection === undefined || subgraph === undefined) return [];
      return [{ type, field: field.name.value, directive, subgraph, selectionSet: parseFieldSet(selection) }];
    }),
  );
}

export function textArgument(
  { arguments: given = [] }: Partial<ConstDirectiveNode> = {},
  name: string,
): string | undefined {
  const value = given.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}

function parseFieldSet(fields: string): SelectionSetNode {
  const [operation] = parse(`{${fields}}`, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${fields} is not a set of fields.`);
  return operation.selectionSet;
}
