import {
  type DirectiveArgs,
  type DirectiveHolder,
  findDirectives,
  linkedDirectives,
} from '@marquee/chassis/graphql/directives';
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
import { nodeFields } from '../../engine/node-interface.js';
import { type Alternatives, combineRequirements, unrestricted, type Requirement } from './access-requirement.js';

/** Returns the requirement for reading a field of a type. */
export type RequirementReader = (type: string, field: string) => Requirement;

/**
 * Reads `@authenticated`, `@requiresScopes` and `@policy` of a supergraph. The requirement of a field combines those of
 * the field, of its parent type, of the type it returns, of the fields it is computed from (`@requires`) and, for a field
 * of an interface, those of the field in every implementing type.
 */
export function createRequirementReader(supergraph: GraphQLSchema): RequirementReader {
  const context: ReadingContext = { supergraph, own: ownRequirements(supergraph), requirementOf };
  const known = new Map<string, Requirement>();
  const open = new Set<string>();
  return requirementOf;

  function requirementOf(type: string, field: string): Requirement {
    const coordinate = `${type}.${field}`;
    const found = known.get(coordinate);
    if (found) return found;
    // A field that is computed from itself adds no requirement to the one that is being read.
    if (open.has(coordinate)) return unrestricted;
    open.add(coordinate);
    const requirement = read(context, type, field);
    open.delete(coordinate);
    // A requirement that is read inside a cycle may be incomplete, so only the outermost is cached.
    if (open.size === 0) known.set(coordinate, requirement);
    return requirement;
  }
}

interface ReadingContext {
  supergraph: GraphQLSchema;
  /** The requirement of the directives on one type or field. */
  own(element: DirectiveHolder): Requirement;
  requirementOf: RequirementReader;
}

function read(context: ReadingContext, typeName: string, name: string): Requirement {
  const { supergraph, own, requirementOf } = context;
  const type = supergraph.getType(typeName);
  const field = fieldOf(supergraph, typeName, name);
  if (!type || !field) return unrestricted;
  const sources = requiredSelections(field).flatMap((selection) => selectedRequirements(context, typeName, selection));
  const possible = isInterfaceType(type) ? supergraph.getPossibleTypes(type) : [];
  const implementing = possible.map((implementation) => requirementOf(implementation.name, name));
  const returned = getNamedType(field.type);
  const ofReturned = isNodeField(supergraph, typeName, name) ? unrestricted : own(returned);
  return [own(type), own(field), ofReturned, ...sources, ...implementing].reduce(combineRequirements);
}

/**
 * Composition gives the interface `Node` the requirements of all its types. The gateway returns an object of `Query.node` only
 * to callers who may read the id of its type.
 */
function isNodeField(supergraph: GraphQLSchema, type: string, field: string): boolean {
  return type === supergraph.getQueryType()?.name && nodeFields(supergraph).has(field);
}

function selectedRequirements(context: ReadingContext, type: string, { selections }: SelectionSetNode): Requirement[] {
  return selections.flatMap((selection): Requirement[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return selectedRequirements(context, selection.typeCondition?.name.value ?? type, selection.selectionSet);
    const { name, selectionSet } = selection;
    const field = fieldOf(context.supergraph, type, name.value);
    const below =
      field && selectionSet ? selectedRequirements(context, getNamedType(field.type).name, selectionSet) : [];
    return [context.requirementOf(type, name.value), ...below];
  });
}

function fieldOf(supergraph: GraphQLSchema, type: string, name: string): GraphQLField<unknown, unknown> | undefined {
  const found = supergraph.getType(type);
  return isObjectType(found) || isInterfaceType(found) ? found.getFields()[name] : undefined;
}

function ownRequirements(supergraph: GraphQLSchema): (element: DirectiveHolder) => Requirement {
  const [authenticated, scopes, policy] = ['/authenticated', '/requiresScopes', '/policy'].map((specification) =>
    linkedDirectives(supergraph, specification),
  );
  return (element) => ({
    authenticated: authenticated?.find(element, 'authenticated') !== undefined,
    scopes: alternatives(scopes?.find(element, 'requiresScopes'), 'scopes'),
    policies: alternatives(policy?.find(element, 'policy'), 'policies'),
  });
}

/** No caller fulfils a directive whose argument cannot be read. */
function alternatives(args: DirectiveArgs | undefined, argument: string): Alternatives[] {
  if (!args) return [];
  const value = args[argument];
  const lists: unknown[] = Array.isArray(value) ? value : [];
  return [lists.filter((list): list is unknown[] => Array.isArray(list)).map((names) => names.map(String))];
}

function requiredSelections(field: GraphQLField<unknown, unknown>): SelectionSetNode[] {
  return findDirectives(field, 'join__field').flatMap(({ requires }) => {
    if (typeof requires !== 'string') return [];
    const [definition] = parse(`{ ${requires} }`, { noLocation: true }).definitions;
    return definition && 'selectionSet' in definition ? [definition.selectionSet] : [];
  });
}
