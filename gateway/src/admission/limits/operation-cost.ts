/**
 * The cost of an operation and the size of its response, upper bounds that are known before it runs, after the IBM cost
 * directive specification. An object counts 1, a leaf 0.3 and its bytes; both are multiplied by the sizes of the
 * lists around them (`@listSize`). The weight of a field (`@cost`) is added each time that the field is resolved. A
 * mutation counts 10 more. All branches count, whatever `@skip` and `@include` say, and so does every alias;
 * of fragments on different object types the largest counts. Input values
 * count only where an argument has `@cost`: a rate is charged for their bytes (`rates/input-size.ts`).
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
  isLeafType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../../engine/document-definitions.js';
import { type LinkedDirectives, linkedDirectives, type DirectiveHolder } from '@marquee/chassis/graphql/directives';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { leafBytes } from './leaf-size.js';
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
  /** The bytes of the response with these variables. */
  responseBytes(variables: Variables): number;
  /** Lists that are selected without a required slicing argument. */
  errors: readonly GraphQLError[];
}

export type CostModel = (document: DocumentNode, operation: OperationDefinitionNode) => OperationCost;

const mutationCost = 10;

/** A leaf takes this share of an object's work to resolve, and the work of an object for every 2,000 bytes. */
const leafCost = 0.3;
const bytesPerUnit = 2_000;

/** Quotes, colon and comma around a response name; the brackets of an object or a list. */
const nameBytes = 4;
const bracketBytes = 2;

/** Reads the costs of a supergraph. @param listSize assumed number of items of a list without `@listSize` */
export function createCostModel(supergraph: GraphQLSchema, listSize: number): CostModel {
  const costs = linkedDirectives(supergraph, '/cost');
  const sizes = linkedDirectives(supergraph, '/size');
  return (document, operation) => {
    const errors: GraphQLError[] = [];
    const pricing: Pricing = { supergraph, costs, sizes, listSize, fragments: fragmentsOf(document), errors };
    const root = supergraph.getRootType(operation.operation) ?? undefined;
    const { cost, bytes } = measureSet(operation.selectionSet, root, noSizes, pricing);
    const base = operation.operation === OperationTypeNode.MUTATION ? mutationCost : 0;
    return {
      errors,
      evaluate: (variables) => Math.ceil(base + valueOf(cost, variables)),
      responseBytes: (variables) => Math.ceil(valueOf(bytes, variables)),
    };
  };
}

interface Pricing {
  supergraph: GraphQLSchema;
  costs: LinkedDirectives;
  sizes: LinkedDirectives;
  listSize: number;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  errors: GraphQLError[];
}

/** The cost of a part of an operation, and the bytes that it adds to the response. */
interface Measure {
  cost: Size;
  bytes: Size;
}

const noSizes: SizedFields = new Map();
const nothing: Measure = { cost: 0, bytes: 0 };

function measureSet(
  set: SelectionSetNode | undefined,
  type: GraphQLNamedType | undefined,
  sizes: SizedFields,
  pricing: Pricing,
): Measure {
  const { fragments, supergraph } = pricing;
  const common: Measure[] = [];
  const byObjectType = new Map<string, Measure[]>();
  for (const selection of set?.selections ?? []) {
    if (selection.kind === Kind.FIELD) {
      common.push(measureField(selection, type, sizes, pricing));
      continue;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    const condition = fragment?.typeCondition?.name.value;
    const narrowed = condition === undefined ? type : supergraph.getType(condition);
    const measure = measureSet(fragment?.selectionSet, narrowed, sizes, pricing);
    if (isObjectType(narrowed)) getOrCreate(byObjectType, narrowed.name, () => []).push(measure);
    else common.push(measure);
  }
  // An object has one type, so that the fragments on one object type count.
  return addMeasures([...common, largestMeasure([...byObjectType.values()].map(addMeasures))]);
}

function measureField(
  node: FieldNode,
  parent: GraphQLNamedType | undefined,
  sizes: SizedFields,
  pricing: Pricing,
): Measure {
  const name = node.name.value;
  const keyBytes = (node.alias ?? node.name).value.length + nameBytes;
  if (name === '__typename') return { cost: leafCost, bytes: keyBytes + typenameBytes };
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
  if (!field) return nothing;
  const listSize = pricing.costs.find(field, 'listSize');
  const error = slicingError(node, listSize);
  if (error) pricing.errors.push(error);
  const size = sizeOf(field, node, listSize);
  const below = new Map(sizedFieldsOf(listSize).map((sized) => [sized, size ?? pricing.listSize]));
  const item = measureItem(field, node, pricing, below);
  const items = isList(field) ? inList(item, sizes.get(name) ?? size ?? pricing.listSize) : item;
  const own: Measure = { cost: ownCost(field, node, pricing), bytes: keyBytes };
  return addMeasures([items, own]);
}

const typenameBytes = 40;

function measureItem(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  pricing: Pricing,
  sizes: SizedFields,
): Measure {
  const type = getNamedType(field.type);
  if (isLeafType(type)) {
    const bytes = leafBytes(field, type, pricing.sizes);
    const usual = leafCost + bytes / bytesPerUnit;
    return { cost: weightOf(type, pricing) ?? usual, bytes };
  }
  const usual = isCompositeType(type) ? 1 : 0;
  const own: Measure = { cost: weightOf(type, pricing) ?? usual, bytes: bracketBytes };
  return addMeasures([own, measureSet(node.selectionSet, type, sizes, pricing)]);
}

function inList({ cost, bytes }: Measure, count: Size): Measure {
  return {
    cost: combine([cost, count], multiply, 1),
    bytes: combine([combine([combine([bytes, 1], add, 0), count], multiply, 1), bracketBytes], add, 0),
  };
}

/** The weight of a field and of the arguments that the operation provides. */
function ownCost(field: GraphQLField<unknown, unknown>, node: FieldNode, pricing: Pricing): number {
  const names = new Set((node.arguments ?? []).map(({ name }) => name.value));
  const provided = field.args.filter(({ name }) => names.has(name));
  return [field, ...provided].reduce((sum, element) => sum + (weightOf(element, pricing) ?? 0), 0);
}

function weightOf(element: DirectiveHolder, { costs }: Pricing): number | undefined {
  const weight = costs.find(element, 'cost')?.['weight'];
  const number: number = typeof weight === 'string' ? Number(weight) : (weight as number);
  return Number.isFinite(number) ? number : undefined;
}

function addMeasures(parts: readonly Measure[]): Measure {
  return combineMeasures(parts, add);
}

function largestMeasure(parts: readonly Measure[]): Measure {
  return combineMeasures(parts, larger);
}

function combineMeasures(parts: readonly Measure[], join: (one: number, other: number) => number): Measure {
  const combined = (name: keyof Measure) =>
    combine(
      parts.map((part) => part[name]),
      join,
      0,
    );
  return { cost: combined('cost'), bytes: combined('bytes') };
}

/** Folds the constant parts now, and those that depend on variables for each request. */
function combine(parts: readonly Size[], join: (one: number, other: number) => number, start: number): Size {
  const constant = parts.filter((part) => typeof part === 'number').reduce(join, start);
  const variable = parts.filter((part) => typeof part === 'function');
  if (variable.length === 0) return constant;
  return (variables) => variable.map((part) => part(variables)).reduce(join, constant);
}

function valueOf(size: Size, variables: Variables): number {
  return typeof size === 'number' ? size : size(variables);
}

function add(one: number, other: number): number {
  return one + other;
}

function larger(one: number, other: number): number {
  return Math.max(one, other);
}

function multiply(one: number, other: number): number {
  return one * other;
}
