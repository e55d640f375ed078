import { getOrCreate } from '@marquee/chassis/caching/memoize';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { nodeFields, nodeInterface } from '../../engine/node-interface.js';

/** The fields that a document selects of the interface `Node`, each with the names of the types of its objects. */
export type NodeSelections = ReadonlyMap<FieldNode, ReadonlySet<string>>;

/**
 * Finds the types of the objects of which a document selects fields by the interface `Node`: those that the enclosing field
 * and fragments leave possible. The objects of `Query.node` and `Query.nodes` add no type, because the gateway returns them
 * only to callers who may read the id of their type.
 */
export function findNodeSelections(schema: GraphQLSchema, document: DocumentNode): NodeSelections {
  const found = new Map<FieldNode, Set<string>>();
  const search: Search = { schema, fragments: fragmentsOf(document), found, visited: new Set() };
  for (const definition of document.definitions) {
    const root = definition.kind === Kind.OPERATION_DEFINITION && schema.getRootType(definition.operation);
    if (root) visit(search, definition.selectionSet, root, new Set([root.name]));
  }
  return found;
}

interface Search {
  schema: GraphQLSchema;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  found: Map<FieldNode, Set<string>>;
  /** Fragments with the possible types with which they were visited, so that the work does not multiply. */
  visited: Set<string>;
}

/** @param possible the names of the types of the objects whose fields are selected */
function visit(search: Search, { selections }: SelectionSetNode, type: GraphQLNamedType, possible: Set<string>): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      if (type.name === nodeInterface)
        addAll(
          getOrCreate(search.found, selection, () => new Set<string>()),
          possible,
        );
      visitObjects(search, selection, type);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      narrow(search, selection.selectionSet, selection.typeCondition?.name.value ?? type.name, possible);
    } else {
      visitFragment(search, selection.name.value, possible);
    }
  }
}

function visitFragment(search: Search, name: string, possible: Set<string>): void {
  const fragment = search.fragments.get(name);
  const visit = [name, ...[...possible].sort()].join(' ');
  if (!fragment || search.visited.has(visit)) return;
  search.visited.add(visit);
  narrow(search, fragment.selectionSet, fragment.typeCondition.name.value, possible);
}

/** Visits a fragment: its objects are also of the type in its condition. */
function narrow(search: Search, selectionSet: SelectionSetNode, condition: string, possible: Set<string>): void {
  const type = search.schema.getType(condition);
  if (type) visit(search, selectionSet, type, intersection(possible, possibleNames(search.schema, type)));
}

/** Visits the objects that a field returns. */
function visitObjects(search: Search, { name, selectionSet }: FieldNode, parent: GraphQLNamedType): void {
  const { schema } = search;
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name.value] : undefined;
  if (!selectionSet || !field) return;
  const isChecked = parent === schema.getQueryType() && nodeFields(schema).has(name.value);
  const returned = getNamedType(field.type);
  visit(search, selectionSet, returned, isChecked ? new Set() : possibleNames(schema, returned));
}

function possibleNames(schema: GraphQLSchema, type: GraphQLNamedType): Set<string> {
  return new Set(isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [type.name]);
}

function fragmentsOf({ definitions }: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])));
}

function addAll(names: Set<string>, added: Iterable<string>): void {
  for (const name of added) names.add(name);
}

function intersection(names: Set<string>, others: Set<string>): Set<string> {
  return new Set([...names].filter((name) => others.has(name)));
}
