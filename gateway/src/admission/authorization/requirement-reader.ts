import {
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { type DirectiveArgs, type Marked, linkedDirectives } from '../linked-directives.js';
import { type Alternatives, combineRequirements, unrestricted, type Requirement } from './access-requirement.js';

/** What a supergraph requires of who asks for a field of a type. */
export type RequirementReader = (type: string, field: string) => Requirement;

/**
 * Reads `@authenticated`, `@requiresScopes` and `@policy`: at the field, at the type that it is of and at the type that
 * it leads to, at the fields that it is computed from (`@requires`), and at a field of an interface those of every type
 * that it can be.
 */
export function createRequirementReader(supergraph: GraphQLSchema): RequirementReader {
  const reader: Reader = { supergraph, own: ownRequirements(supergraph), requirements };
  const known = new Map<string, Requirement>();
  const open = new Set<string>();
  return requirements;

  function requirements(type: string, field: string): Requirement {
    const place = `${type}.${field}`;
    const found = known.get(place);
    if (found) return found;
    // What is computed from itself requires nothing more than what is being read already.
    if (open.has(place)) return unrestricted;
    open.add(place);
    const fresh = read(reader, type, field);
    open.delete(place);
    // What was read inside of something else may lack what that requires, so only the whole is kept.
    if (open.size === 0) known.set(place, fresh);
    return fresh;
  }
}

interface Reader {
  supergraph: GraphQLSchema;
  /** What the marks of one place say. */
  own(marked: Marked): Requirement;
  requirements: RequirementReader;
}

function read(reader: Reader, typeName: string, name: string): Requirement {
  const { supergraph, own, requirements } = reader;
  const type = supergraph.getType(typeName);
  const field = fieldOf(supergraph, typeName, name);
  if (!type || !field) return unrestricted;
  const sources = requiredSelections(field).flatMap((selection) => ofSelection(reader, typeName, selection));
  const possible = isInterfaceType(type) ? supergraph.getPossibleTypes(type) : [];
  const behind = possible.map((one) => requirements(one.name, name));
  return [own(type), own(field), own(getNamedType(field.type)), ...sources, ...behind].reduce(combineRequirements);
}

function ofSelection(reader: Reader, type: string, { selections }: SelectionSetNode): Requirement[] {
  return selections.flatMap((one): Requirement[] => {
    if (one.kind === Kind.FRAGMENT_SPREAD) return [];
    if (one.kind === Kind.INLINE_FRAGMENT)
      return ofSelection(reader, one.typeCondition?.name.value ?? type, one.selectionSet);
    const leads = fieldOf(reader.supergraph, type, one.name.value);
    const below = leads && one.selectionSet ? ofSelection(reader, getNamedType(leads.type).name, one.selectionSet) : [];
    return [reader.requirements(type, one.name.value), ...below];
  });
}

function fieldOf(supergraph: GraphQLSchema, type: string, name: string): GraphQLField<unknown, unknown> | undefined {
  const found = supergraph.getType(type);
  return isObjectType(found) || isInterfaceType(found) ? found.getFields()[name] : undefined;
}

function ownRequirements(supergraph: GraphQLSchema): (marked: Marked) => Requirement {
  const [authenticated, scopes, policy] = ['/authenticated', '/requiresScopes', '/policy'].map((specification) =>
    linkedDirectives(supergraph, specification),
  );
  return (marked) => ({
    authenticated: authenticated?.of(marked, 'authenticated') !== undefined,
    scopes: alternatives(scopes?.of(marked, 'requiresScopes'), 'scopes'),
    policies: alternatives(policy?.of(marked, 'policy'), 'policies'),
  });
}

/** A mark whose argument cannot be read is met by nobody. */
function alternatives(mark: DirectiveArgs | undefined, argument: string): Alternatives[] {
  if (!mark) return [];
  const value = mark[argument];
  const lists: unknown[] = Array.isArray(value) ? value : [];
  return [lists.filter((one): one is unknown[] => Array.isArray(one)).map((names) => names.map(String))];
}

function requiredSelections({ astNode }: GraphQLField<unknown, unknown>): SelectionSetNode[] {
  const joins = (astNode?.directives ?? []).filter(({ name }) => name.value === 'join__field');
  return joins.flatMap(({ arguments: given = [] }) => {
    const value = given.find(({ name }) => name.value === 'requires')?.value;
    if (value?.kind !== Kind.STRING) return [];
    const [definition] = parse(`{ ${value.value} }`, { noLocation: true }).definitions;
    return definition && 'selectionSet' in definition ? [definition.selectionSet] : [];
  });
}
