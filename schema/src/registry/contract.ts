/**
 * A contract is a reduced graph for some clients. It contains the fields that carry its tag, or belong to a type with the
 * tag, if their return type has fields in the contract too. Everything else becomes @inaccessible in a copy of the
 * supergraph: a gateway can still plan over all services, but clients cannot select the rest. Input types, enums, scalars
 * and unions are included if a field in the contract uses them.
 */
import { type DirectiveHolder, findDirective, findDirectives } from '@marquee/chassis/graphql/directives';
import { namedTypeOf } from '@marquee/chassis/graphql/named-type';
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  Kind,
  parse,
  print,
} from 'graphql';

/** The contracts that every publication composes, by their tags. */
export const contracts = ['partner'] as const;

/** A contract as gateways serve it. */
export interface Contract {
  supergraph: string;
  /** The schema that its clients see. */
  api: GraphQLSchema;
}

/** The supergraph of a contract. @returns undefined when no field of `Query` has the tag */
export function buildContract(supergraph: string, tag: string): string | undefined {
  return composeContract(supergraph, tag)?.supergraph;
}

/**
 * Makes every element without the tag inaccessible.
 * @returns undefined when no field of `Query` has the tag
 * @throws Error for a contract that cannot be served, for example one with a required but inaccessible argument
 */
export function composeContract(supergraph: string, tag: string): Contract | undefined {
  const document = parse(supergraph);
  const fields = visibleFields(document, tag);
  if (!fields.get('Query')?.size) return undefined;
  const types = reachableTypes(document, fields);
  const definitions = document.definitions.map((definition) => applyContract(definition, fields, types));
  const contract = `${print({ ...document, definitions })}\n${definesInaccessible(document) ? '' : specification}`;
  const built = Supergraph.build(contract, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  return { supergraph: contract, api: built.apiSchema().toGraphQLJSSchema() };
}

/** Supergraphs without inaccessible elements lack the definition of the directive. */
const specification = `
extend schema @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)
directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
`;

function definesInaccessible({ definitions }: DocumentNode): boolean {
  return definitions.some(
    (definition) => definition.kind === Kind.DIRECTIVE_DEFINITION && definition.name.value === 'inaccessible',
  );
}

type ComposedType = Extract<DefinitionNode, { fields?: readonly FieldDefinitionNode[] }>;

/** The names of the fields in the contract, by type. */
type Visible = Map<string, Set<string>>;

/** Removes fields whose return type has no visible field, repeatedly until none is left. */
function visibleFields(document: DocumentNode, tag: string): Visible {
  const composed = document.definitions.filter(isComposed);
  const visible: Visible = new Map(composed.map((type) => [type.name.value, taggedFields(type, tag)]));
  let removals: (() => void)[];
  do {
    removals = composed.flatMap((type) => deadEndRemovals(type, visible));
    for (const remove of removals) remove();
  } while (removals.length > 0);
  return visible;
}

/** Functions that remove the fields of a type whose return type has no visible field. */
function deadEndRemovals({ name, fields = [] }: ComposedType, visible: Visible): (() => void)[] {
  const remaining = visible.get(name.value);
  return fields
    .filter((field) => remaining?.has(field.name.value) && visible.get(namedTypeOf(field.type))?.size === 0)
    .map((field) => () => remaining?.delete(field.name.value));
}

function taggedFields(type: ComposedType, tag: string): Set<string> {
  const isTypeTagged = hasTag(type, tag);
  const fields = (type.fields ?? []).filter((field) => isTypeTagged || hasTag(field, tag));
  return new Set(fields.filter((field) => !isInaccessible(field)).map(({ name }) => name.value));
}

/** The types that visible fields and their arguments refer to, directly or through input types and unions. */
function reachableTypes(document: DocumentNode, fields: Visible): Set<string> {
  const byName = new Map(
    document.definitions.filter((one) => 'name' in one && one.name).map((one) => [nameOf(one), one]),
  );
  const reached = new Set<string>();
  for (const [type, names] of fields) if (names.size > 0) reach(type);
  return reached;

  function reach(name: string): void {
    const definition = byName.get(name);
    if (!definition || reached.has(name) || fields.get(name)?.size === 0) return;
    reached.add(name);
    for (const next of referencedTypes(definition, fields)) reach(next);
  }
}

function referencedTypes(definition: DefinitionNode, fields: Visible): string[] {
  if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
    return (definition.fields ?? []).map(({ type }) => namedTypeOf(type));
  if (definition.kind === Kind.UNION_TYPE_DEFINITION) return (definition.types ?? []).map(namedTypeOf);
  if (!isComposed(definition)) return [];
  const names = fields.get(definition.name.value);
  const visible = (definition.fields ?? []).filter(({ name }) => names?.has(name.value));
  return visible.flatMap((field) => [
    namedTypeOf(field.type),
    ...(field.arguments ?? []).map(({ type }) => namedTypeOf(type)),
  ]);
}

function applyContract(definition: DefinitionNode, fields: Visible, types: ReadonlySet<string>): DefinitionNode {
  if (!isType(definition) || isInternal(definition.name.value)) return definition;
  if (!types.has(definition.name.value)) return hidden(definition);
  if (!isComposed(definition)) return definition;
  const visible = fields.get(definition.name.value);
  return {
    ...definition,
    fields: (definition.fields ?? []).map((field) => (visible?.has(field.name.value) ? field : hidden(field))),
  };
}

function hidden<Node extends FieldDefinitionNode | TypeDefinition>(node: Node): Node {
  return isInaccessible(node) ? node : { ...node, directives: [...(node.directives ?? []), inaccessible] };
}

const inaccessible: ConstDirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'inaccessible' },
};

function isInaccessible(node: DirectiveHolder): boolean {
  return findDirective(node, 'inaccessible') !== undefined;
}

function hasTag(node: DirectiveHolder, tag: string): boolean {
  return findDirectives(node, 'tag').some(({ name }) => name === tag);
}

function isComposed(definition: DefinitionNode): definition is ComposedType {
  const kinds: Kind[] = [Kind.OBJECT_TYPE_DEFINITION, Kind.INTERFACE_TYPE_DEFINITION];
  return kinds.includes(definition.kind) && !isInternal(nameOf(definition));
}

type TypeDefinition = Extract<DefinitionNode, { kind: `${string}TypeDefinition` }>;

function isType(definition: DefinitionNode): definition is TypeDefinition {
  return definition.kind.endsWith('TypeDefinition');
}

/** Whether a name belongs to federation itself, for example `join__Graph` or `link__Import`. */
function isInternal(name: string): boolean {
  return name.includes('__');
}

function nameOf(definition: DefinitionNode): string {
  return 'name' in definition ? (definition.name?.value ?? '') : '';
}
