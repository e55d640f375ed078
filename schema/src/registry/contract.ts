/**
 * A contract is the graph as some of its clients may see it: fields that carry its tag, or whose type does, as long as
 * what they return is in it too. Everything else is made inaccessible in a copy of the supergraph, so that a gateway
 * plans over all services as ever and knows no way to the rest. Inputs, enums, scalars and unions come along with the
 * fields that need them.
 */
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  parse,
  print,
  type TypeNode,
} from 'graphql';

/** The contracts that are composed whenever something is published; each is the name of a tag. */
export const contracts = ['partner'] as const;

/**
 * The supergraph with everything inaccessible that has no tag of this name.
 * @returns undefined when nothing at all is tagged so
 */
export function buildContract(supergraph: string, tag: string): string | undefined {
  const document = parse(supergraph);
  const fields = visibleFields(document, tag);
  if (!fields.get('Query')?.size) return undefined;
  const types = reachableTypes(document, fields);
  const definitions = document.definitions.map((definition) => applyContract(definition, fields, types));
  const contract = `${print({ ...document, definitions })}\n${definesInaccessible(document) ? '' : specification}`;
  // Refuses what would not load: an argument that is needed and hidden, for instance.
  Supergraph.build(contract, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES }).apiSchema();
  return contract;
}

/** A graph in which nothing is inaccessible of itself has not said yet what that means. */
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

/** By type, the names of the fields that are in the contract. */
type Visible = Map<string, Set<string>>;

/** Hides one field after the other until all that is left returns something that is left. */
function visibleFields(document: DocumentNode, tag: string): Visible {
  const composed = document.definitions.filter(isComposed);
  const visible: Visible = new Map(composed.map((type) => [type.name.value, taggedFields(type, tag)]));
  let dead: (() => void)[];
  do {
    dead = composed.flatMap((type) => deadEnds(type, visible));
    for (const hide of dead) hide();
  } while (dead.length > 0);
  return visible;
}

/** What hides the fields of a type that return a type without fields. */
function deadEnds({ name, fields = [] }: ComposedType, visible: Visible): (() => void)[] {
  const left = visible.get(name.value);
  return fields
    .filter((field) => left?.has(field.name.value) && visible.get(named(field.type))?.size === 0)
    .map((field) => () => left?.delete(field.name.value));
}

function taggedFields(type: ComposedType, tag: string): Set<string> {
  const whole = hasTag(type, tag);
  const fields = (type.fields ?? []).filter((field) => whole || hasTag(field, tag));
  return new Set(fields.filter((field) => !isInaccessible(field)).map(({ name }) => name.value));
}

/** The types that visible fields and their arguments lead to, through inputs and unions. */
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
    return (definition.fields ?? []).map(({ type }) => named(type));
  if (definition.kind === Kind.UNION_TYPE_DEFINITION) return (definition.types ?? []).map(named);
  if (!isComposed(definition)) return [];
  const names = fields.get(definition.name.value);
  const left = (definition.fields ?? []).filter(({ name }) => names?.has(name.value));
  return left.flatMap((field) => [named(field.type), ...(field.arguments ?? []).map(({ type }) => named(type))]);
}

function applyContract(definition: DefinitionNode, fields: Visible, types: ReadonlySet<string>): DefinitionNode {
  if (!isType(definition) || isInternal(definition.name.value)) return definition;
  if (!types.has(definition.name.value)) return hidden(definition);
  if (!isComposed(definition)) return definition;
  const left = fields.get(definition.name.value);
  return {
    ...definition,
    fields: (definition.fields ?? []).map((field) => (left?.has(field.name.value) ? field : hidden(field))),
  };
}

function hidden<Node extends { readonly directives?: readonly ConstDirectiveNode[] }>(node: Node): Node {
  return isInaccessible(node) ? node : { ...node, directives: [...(node.directives ?? []), inaccessible] };
}

const inaccessible: ConstDirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'inaccessible' },
};

function isInaccessible({ directives = [] }: { readonly directives?: readonly ConstDirectiveNode[] }): boolean {
  return directives.some(({ name }) => name.value === 'inaccessible');
}

function hasTag({ directives = [] }: { readonly directives?: readonly ConstDirectiveNode[] }, tag: string): boolean {
  return directives.some(
    ({ name, arguments: given = [] }) =>
      name.value === 'tag' && given.some(({ value }) => value.kind === Kind.STRING && value.value === tag),
  );
}

function isComposed(definition: DefinitionNode): definition is ComposedType {
  const kinds: Kind[] = [Kind.OBJECT_TYPE_DEFINITION, Kind.INTERFACE_TYPE_DEFINITION];
  return kinds.includes(definition.kind) && !isInternal(nameOf(definition));
}

type TypeDefinition = Extract<DefinitionNode, { kind: `${string}TypeDefinition` }>;

function isType(definition: DefinitionNode): definition is TypeDefinition {
  return definition.kind.endsWith('TypeDefinition');
}

/** What composition speaks of itself: `join__Graph`, `link__Import`. */
function isInternal(name: string): boolean {
  return name.includes('__');
}

function nameOf(definition: DefinitionNode): string {
  return 'name' in definition ? (definition.name?.value ?? '') : '';
}

function named(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type);
}
