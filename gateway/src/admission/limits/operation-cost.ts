/**
 * The cost of an operation, an upper bound that is known before it runs, after the IBM cost directive specification: an
 * object counts 1 and a leaf value 0 unless `@cost` says otherwise, times the sizes of the lists around it by
 * `@listSize`. A mutation counts 10 more. All branches count, whatever `@skip` and `@include` say. Input values count
 * only where an argument has `@cost`: the body limit bounds them.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../../engine/document-definitions.js';
import { type LinkedDirectives, linkedDirectives, type DirectiveHolder } from '@marquee/chassis/graphql/directives';
import {
  isList,
  type Size,
  type SizedFields,
  sizedFieldsOf,
  sizeOf,
  slicingError,
  type Variables,
} from './list-size.js';

export interface OperationCost {
  /** The cost with these variables, default values included. */
  evaluate(variables: Variables): number;
  /** Lists that are selected without a required slicing argument. */
  errors: readonly GraphQLError[];
}

export type CostModel = (document: DocumentNode, operation: OperationDefinitionNode) => OperationCost;

const mutationCost = 10;

/** Reads the costs of a supergraph. @param listSize assumed number of items of a list without `@listSize` */
export function createCostModel(supergraph: GraphQLSchema, listSize: number): CostModel {
  const directives = linkedDirectives(supergraph, '/cost');
  return (document, operation) => {
    const errors: GraphQLError[] = [];
    const pricing: Pricing = { supergraph, directives, listSize, fragments: fragmentsOf(document), errors };
    const root = supergraph.getRootType(operation.operation) ?? undefined;
    const selected = costOfSet(operation.selectionSet, root, noSizes, pricing);
    const base = operation.operation === OperationTypeNode.MUTATION ? mutationCost : 0;
    return {
      errors,
      evaluate: (variables) => base + (typeof selected === 'number' ? selected : selected(variables)),
    };
  };
}

interface Pricing {
  supergraph: GraphQLSchema;
  directives: LinkedDirectives;
  listSize: number;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  errors: GraphQLError[];
}

const noSizes: SizedFields = new Map();

function costOfSet(
  set: SelectionSetNode | undefined,
  type: GraphQLNamedType | undefined,
  sizes: SizedFields,
  pricing: Pricing,
): Size {
  const { fragments, supergraph } = pricing;
  const parts = (set?.selections ?? []).map((selection): Size => {
    if (selection.kind === Kind.FIELD) return costOfField(selection, type, sizes, pricing);
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    const condition = fragment?.typeCondition?.name.value;
    const narrowed = condition === undefined ? type : supergraph.getType(condition);
    return costOfSet(fragment?.selectionSet, narrowed, sizes, pricing);
  });
  return combine(parts, add, 0);
}

function costOfField(
  node: FieldNode,
  parent: GraphQLNamedType | undefined,
  sizes: SizedFields,
  pricing: Pricing,
): Size {
  const name = node.name.value;
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
  if (!field) return 0;
  const listSize = pricing.directives.find(field, 'listSize');
  const error = slicingError(node, listSize);
  if (error) pricing.errors.push(error);
  const size = sizeOf(field, node, listSize);
  const below = new Map(sizedFieldsOf(listSize).map((sized) => [sized, size ?? pricing.listSize]));
  const item = costOfItem(field, node, pricing, below);
  const count = isList(field) ? (sizes.get(name) ?? size ?? pricing.listSize) : 1;
  const items = combine([item, count], (product, factor) => product * factor, 1);
  return combine([items, ...argumentCosts(field, node, pricing)], add, 0);
}

function costOfItem(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  pricing: Pricing,
  sizes: SizedFields,
): Size {
  const type = getNamedType(field.type);
  const usual = isCompositeType(type) ? 1 : 0;
  const weight = weightOf(field, pricing) ?? weightOf(type, pricing) ?? usual;
  return combine([weight, costOfSet(node.selectionSet, type, sizes, pricing)], add, 0);
}

/** The weights of the arguments that the operation provides. */
function argumentCosts(
  field: GraphQLField<unknown, unknown>,
  { arguments: provided = [] }: FieldNode,
  pricing: Pricing,
): number[] {
  const names = new Set(provided.map(({ name }) => name.value));
  return field.args.filter(({ name }) => names.has(name)).map((argument) => weightOf(argument, pricing) ?? 0);
}

function weightOf(element: DirectiveHolder, { directives }: Pricing): number | undefined {
  const weight = directives.find(element, 'cost')?.['weight'];
  const number: number = typeof weight === 'string' ? Number(weight) : (weight as number);
  return Number.isFinite(number) ? number : undefined;
}

/** Folds the constant parts now, and those that depend on variables for each request. */
function combine(parts: readonly Size[], join: (one: number, other: number) => number, start: number): Size {
  const constant = parts.filter((part) => typeof part === 'number').reduce(join, start);
  const variable = parts.filter((part) => typeof part === 'function');
  if (variable.length === 0) return constant;
  return (variables) => variable.map((part) => part(variables)).reduce(join, constant);
}

function add(one: number, other: number): number {
  return one + other;
}
