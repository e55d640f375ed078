/**
 * Rules for the SDL of a service that composition does not check. Clients depend on names and descriptions as soon as they
 * are published, so that later corrections break them.
 */
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type FieldDefinitionNode,
  Kind,
  type Location,
  parse,
  print,
  type SelectionSetNode,
  Source,
  type TypeNode,
} from 'graphql';
import { findDirectives } from '@marquee/chassis/graphql/directives';
import { namedTypeOf } from '@marquee/chassis/graphql/named-type';
import type { SubgraphSdl } from './compose.js';
import { nullabilityFaults } from './nullability.js';

/** A violation of a rule. */
export interface SdlViolation {
  service: string;
  /** The line and the column in the SDL, from 1; absent if the rule is about the schema as a whole. */
  line?: number;
  column?: number;
  rule: 'description' | 'name' | 'nullability' | 'list-size' | 'requires';
  message: string;
}

/** Finds all violations in the SDLs of services. */
export function lintSdls(subgraphs: readonly SubgraphSdl[]): SdlViolation[] {
  return subgraphs.flatMap((subgraph) => [...lintSdl(subgraph), ...nullability(subgraph)]);
}

function nullability(subgraph: SubgraphSdl): SdlViolation[] {
  return nullabilityFaults([subgraph]).map((message) => ({
    service: subgraph.name,
    rule: 'nullability',
    message: `${message.slice(subgraph.name.length + 2)} and must be nullable`,
  }));
}

function lintSdl({ name, sdl }: SubgraphSdl): SdlViolation[] {
  const document = parse(new Source(sdl, name));
  const types = document.definitions.filter(isType).filter((type) => !/^_|__/.test(type.name.value));
  const sized = sizedFields(types);
  return types
    .flatMap((type) => [
      ...descriptions(type),
      ...names(type),
      ...outputFields(type).flatMap((field) => listSizes(type, field, sized)),
      ...conflictingRequirements(type),
    ])
    .map(({ node, ...violation }) => ({ service: name, ...positionOf(node), ...violation }));
}

type TypeDefinition = Extract<DefinitionNode, { kind: `${string}TypeDefinition` | `${string}TypeExtension` }>;

type Found = Omit<SdlViolation, 'service' | 'line' | 'column'> & { node: { loc?: Location | undefined } };

function isType(definition: DefinitionNode): definition is TypeDefinition {
  return /Type(Definition|Extension)$/.test(definition.kind);
}

const rootTypes = ['Query', 'Mutation', 'Subscription'];

/** A type without a description that has a key is described by the service that owns it, and so are external fields. */
function descriptions(type: TypeDefinition): Found[] {
  const name = type.name.value;
  const isOwn = 'description' in type && type.description !== undefined;
  const isReference = !isOwn && (has(type, 'key') || type.kind.endsWith('Extension'));
  const needsType = !isOwn && !isReference && !rootTypes.includes(name);
  const isKeyField = (field: { name: { value: string } }) =>
    isReference &&
    findDirectives(type, 'key').some(({ fields }) => String(fields).split(/\W+/).includes(field.name.value));
  const own = elementsOf(type).filter(({ field }) => !has(field, 'external') && !isKeyField(field));
  return [
    ...(needsType ? [{ node: type, rule: 'description' as const, message: `${name} has no description` }] : []),
    ...own
      .filter(({ node }) => node.description === undefined)
      .map(({ node, coordinate }) => ({
        node,
        rule: 'description' as const,
        message: `${coordinate} has no description`,
      })),
  ];
}

/** The fields, arguments, input fields and enum values of a type. */
function elementsOf(type: TypeDefinition) {
  const name = type.name.value;
  const values = 'values' in type ? (type.values ?? []) : [];
  const fields = 'fields' in type ? (type.fields ?? []) : [];
  return [...values, ...fields].flatMap((node) => [
    { node, field: node, coordinate: `${name}.${node.name.value}` },
    ...('arguments' in node ? (node.arguments ?? []) : []).map((argument) => ({
      node: argument,
      field: node,
      coordinate: `${name}.${node.name.value}(${argument.name.value})`,
    })),
  ]);
}

function names(type: TypeDefinition): Found[] {
  const isInput = type.kind.startsWith('InputObject');
  const rule = 'name' as const;
  const found: Found[] = [];
  const name = type.name.value;
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name))
    found.push({ node: type, rule, message: `${name}: the name of a type is in PascalCase` });
  if (isInput && !/(?:Input|Filter)$/.test(name))
    found.push({ node: type, rule, message: `${name}: the name of an input type ends with Input or Filter` });
  for (const { node, coordinate } of elementsOf(type)) {
    const isValue = node.kind === Kind.ENUM_VALUE_DEFINITION;
    if ((isValue ? /^[A-Z][A-Z0-9_]*$/ : /^[a-z][A-Za-z0-9]*$/).test(node.name.value)) continue;
    const form = isValue ? 'an enum value is in UPPER_CASE' : 'a field or an argument is in camelCase';
    found.push({ node, rule, message: `${coordinate}: the name of ${form}` });
  }
  return found;
}

/** The lists whose size a field that returns their type gives, as `Type.field`. */
function sizedFields(types: readonly TypeDefinition[]): ReadonlySet<string> {
  const sized = types
    .flatMap(outputFields)
    .flatMap((field) =>
      findDirectives(field, 'listSize').flatMap(({ sizedFields: names }) =>
        (Array.isArray(names) ? names : []).map((name) => `${namedTypeOf(field.type)}.${String(name)}`),
      ),
    );
  return new Set(sized);
}

/** Without a size, the gateway assumes ten entries, and the cost of operations is wrong. */
function listSizes(type: TypeDefinition, field: FieldDefinitionNode, sized: ReadonlySet<string>): Found[] {
  const coordinate = `${type.name.value}.${field.name.value}`;
  if (!isList(field.type) || has(field, 'listSize') || has(field, 'external') || sized.has(coordinate)) return [];
  return [{ node: field, rule: 'list-size', message: `${coordinate} is a list without @listSize` }];
}

function isList(type: TypeNode): boolean {
  return (type.kind === Kind.NON_NULL_TYPE ? type.type : type).kind === Kind.LIST_TYPE;
}

/** One representation of an entity contains a field once, so that it has one value for all fields that require it. */
function conflictingRequirements(type: TypeDefinition): Found[] {
  const required = new Map<string, { call: string; by: string }>();
  return outputFields(type).flatMap((field) =>
    selectionsOf(field).flatMap(([path, call]): Found[] => {
      const known = required.get(path);
      const by = `${type.name.value}.${field.name.value}`;
      if (!known) required.set(path, { call, by });
      if (!known || known.call === call) return [];
      return [
        { node: field, rule: 'requires', message: `${by} requires ${call}, but ${known.by} requires ${known.call}` },
      ];
    }),
  );
}

/** The fields that a field requires: their path, and the field with its arguments. */
function selectionsOf(field: FieldDefinitionNode): [path: string, call: string][] {
  return findDirectives(field, 'requires').flatMap(({ fields }) => {
    const [operation] = parse(`{ ${String(fields)} }`, { noLocation: true }).definitions;
    return operation?.kind === Kind.OPERATION_DEFINITION ? pathsIn(operation.selectionSet, '') : [];
  });
}

function pathsIn({ selections }: SelectionSetNode, parent: string): [path: string, call: string][] {
  return selections.flatMap((selection): [string, string][] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return pathsIn(selection.selectionSet, `${parent}${selection.typeCondition?.name.value ?? ''} `);
    const path = `${parent}${selection.name.value}`;
    const call = print({ ...selection, selectionSet: undefined });
    return [[path, call], ...(selection.selectionSet ? pathsIn(selection.selectionSet, `${path}.`) : [])];
  });
}

function outputFields(type: TypeDefinition): readonly FieldDefinitionNode[] {
  const fields = 'fields' in type ? (type.fields ?? []) : [];
  return fields.filter((field) => field.kind === Kind.FIELD_DEFINITION);
}

function has(node: { directives?: readonly ConstDirectiveNode[] | undefined }, name: string): boolean {
  return node.directives?.some((directive) => directive.name.value === name) ?? false;
}

function positionOf({ loc }: Found['node']): { line?: number; column?: number } {
  const token = loc?.startToken;
  return token ? { line: token.line, column: token.column } : {};
}
