import { getOrCreate } from '@marquee/chassis/caching/memoize';
import {
  type ArgumentNode,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import {
  coordinate,
  fieldOf,
  type FieldSet,
  fieldSetsOf,
  forEachField,
  implementationsOf,
  namedType,
  subgraphNames,
  textArgument,
  type TypeDefinition,
  type TypeDefinitions,
  typeBelow,
  typesOf,
} from './supergraph-field-sets.js';

/**
 * The requirements of a supergraph that ask one field for different values: `price(currency: "USD")` and
 * `price(currency: "EUR")`. The planner would request one of the two and send it for both.
 */
export interface RequiredArguments {
  /** By the name of a stand-in field, the field and the arguments that it stands for. */
  standIns: ReadonlyMap<string, StandIn>;
  /** By subgraph and field, see `requirementKey`, the stand-ins that the field requires. */
  requiredBy: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface StandIn {
  name: string;
  arguments: readonly ArgumentNode[];
}

/** The key of `RequiredArguments.requiredBy`. */
export function requirementKey(subgraph: string, field: string): string {
  return `${subgraph} ${field}`;
}

/**
 * Gives each combination of arguments with which a field is required a stand-in: a field of its own without arguments,
 * in the same subgraphs. So the planner requests each, and `restoreRequiredArguments` writes the real fields back.
 * A supergraph in which no requirements conflict is returned unchanged.
 */
export function separateRequiredArguments(document: DocumentNode): SeparatedSupergraph {
  const types = typesOf(document);
  const subgraphs = subgraphNames(document);
  const requirements = fieldSetsOf(types, subgraphs, 'requires');
  const conflicts = conflictsIn(types, requirements);
  if (conflicts.size === 0) return { separated: document, requiredArguments: none };
  const separation = new Separation(types, conflicts, usesBeside(types, subgraphs));
  const rewritten = new Map(requirements.map((one) => [one.directive, separation.separate(one)]));
  const enter = (definition: TypeDefinition): TypeDefinition => separation.rewrite(definition, rewritten);
  return {
    separated: visit(document, { ObjectTypeDefinition: enter, InterfaceTypeDefinition: enter }),
    requiredArguments: separation,
  };
}

/** A supergraph with stand-ins, for the planner alone. */
export interface SeparatedSupergraph {
  separated: DocumentNode;
  requiredArguments: RequiredArguments;
}

const none: RequiredArguments = { standIns: new Map(), requiredBy: new Map() };

/** The stand-ins of a supergraph, made as its requirements are rewritten. */
class Separation implements RequiredArguments {
  readonly standIns = new Map<string, StandIn>();
  readonly requiredBy = new Map<string, Set<string>>();
  /** By type, the definitions of its stand-ins by name. */
  readonly #added = new Map<string, Map<string, FieldDefinitionNode>>();
  /** By field and arguments, the name of the stand-in. */
  readonly #names = new Map<string, string>();

  /**
   * @param conflicts the fields that are required with different arguments, as `Type.field`
   * @param uses the external fields that subgraphs need for something other than `@requires`
   */
  constructor(
    private readonly types: TypeDefinitions,
    private readonly conflicts: ReadonlySet<string>,
    private readonly uses: ExternalUses,
  ) {}

  /** The directive with stand-ins in place of the conflicting fields. */
  separate({ type, field, directive, subgraph, selectionSet }: FieldSet): ConstDirectiveNode {
    const used = new Set<string>();
    const separated = this.#selections(type, selectionSet, used);
    if (used.size === 0) return directive;
    this.requiredBy.set(requirementKey(subgraph, field), used);
    const value = print(separated).slice(1, -1).trim();
    const given = (directive.arguments ?? []).map((argument) =>
      argument.name.value === 'requires' ? { ...argument, value: { kind: Kind.STRING, value } as const } : argument,
    );
    return { ...directive, arguments: given };
  }

  /** A type with its stand-ins, and with the directives that were separated. */
  rewrite(definition: TypeDefinition, directives: ReadonlyMap<ConstDirectiveNode, ConstDirectiveNode>): TypeDefinition {
    const fields = (definition.fields ?? []).map((field) => ({
      ...field,
      directives: (field.directives ?? [])
        .map((directive) => directives.get(directive) ?? directive)
        .filter((directive) => !this.#isUnused(definition, field, directive)),
    }));
    return { ...definition, fields: [...fields, ...(this.#added.get(definition.name.value)?.values() ?? [])] };
  }

  /** A subgraph with an external field that nothing uses any more would be refused. */
  #isUnused(type: TypeDefinition, { name }: FieldDefinitionNode, directive: ConstDirectiveNode): boolean {
    const isConflict = this.conflicts.has(coordinate(type, name.value));
    return isConflict && isExternal(directive) && !this.uses(type, name.value, textArgument(directive, 'graph') ?? '');
  }

  #selections(type: TypeDefinition, { kind, selections }: SelectionSetNode, used: Set<string>): SelectionSetNode {
    return { kind, selections: selections.map((selection) => this.#selection(type, selection, used)) };
  }

  #selection(type: TypeDefinition, selection: SelectionNode, used: Set<string>): SelectionNode {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
    const next = typeBelow(this.types, type, selection);
    const selectionSet = selection.selectionSet && next && this.#selections(next, selection.selectionSet, used);
    const copy = { ...selection, ...(selectionSet && { selectionSet }) };
    if (copy.kind !== Kind.FIELD || !this.conflicts.has(coordinate(type, copy.name.value))) return copy;
    const { arguments: _, ...bare } = copy;
    const name = this.#standIn(type, copy);
    used.add(name);
    return { ...bare, name: { kind: Kind.NAME, value: name } };
  }

  #standIn(type: TypeDefinition, { name: { value: name }, arguments: given = [] }: FieldNode): string {
    const key = `${coordinate(type, name)} ${given.map(print).join()}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const standIn = `_${name}_with_${this.#names.size + 1}`;
    this.#names.set(key, standIn);
    this.standIns.set(standIn, { name, arguments: given });
    for (const one of [type, ...implementationsOf(this.types, type)]) this.#add(one, name, standIn);
    return standIn;
  }

  #add(type: TypeDefinition, name: string, standIn: string): void {
    const field = fieldOf(type, name);
    if (!field) return;
    const added = getOrCreate(this.#added, type.name.value, () => new Map());
    added.set(standIn, { ...field, name: { kind: Kind.NAME, value: standIn }, arguments: [] });
  }
}

function conflictsIn(types: TypeDefinitions, requirements: readonly FieldSet[]): Set<string> {
  const known = new Map<string, string>();
  const conflicts = new Set<string>();
  for (const { type, selectionSet } of requirements)
    forEachField(types, type, selectionSet, (field, node) => {
      const given = (node.arguments ?? []).map(print).join();
      if ((known.get(field) ?? given) !== given) conflicts.add(field);
      known.set(field, given);
    });
  return conflicts;
}

/** Whether a subgraph, by its `join__Graph` value, uses an external field in `@provides` or for an interface. */
type ExternalUses = (type: TypeDefinition, field: string, graph: string) => boolean;

function usesBeside(types: TypeDefinitions, subgraphs: ReadonlyMap<string, string>): ExternalUses {
  const provided = new Set<string>();
  for (const { type, field, directive, selectionSet } of fieldSetsOf(types, subgraphs, 'provides')) {
    const returned = types.get(namedType(fieldOf(type, field)?.type));
    const graph = textArgument(directive, 'graph');
    if (returned) forEachField(types, returned, selectionSet, (one) => void provided.add(`${graph} ${one}`));
  }
  return (type, field, graph) =>
    provided.has(`${graph} ${coordinate(type, field)}`) ||
    (type.directives ?? []).some((directive) => {
      const isOfGraph = directive.name.value === 'join__implements' && textArgument(directive, 'graph') === graph;
      const implemented = isOfGraph ? types.get(textArgument(directive, 'interface') ?? '') : undefined;
      return implemented !== undefined && fieldOf(implemented, field) !== undefined;
    });
}

function isExternal({ name, arguments: given = [] }: ConstDirectiveNode): boolean {
  if (name.value !== 'join__field') return false;
  return given.some(({ name: { value: key }, value }) => {
    return key === 'external' && value.kind === Kind.BOOLEAN && value.value;
  });
}
