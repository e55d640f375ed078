/**
 * What an operation may cost at most, before it runs: an object counts 1 and a value 0 unless `@cost` says otherwise,
 * each as often as the lists around it have items by `@listSize`. A mutation counts 10 on top. Every branch counts,
 * whatever `@skip` says of it. What a client sends is bounded by the size of its request and counts where it is marked.
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
import {
  isList,
  type Size,
  type SizedFields,
  sizedFieldsOf,
  sizeOf,
  slicingFault,
  type Variables,
} from './list-size.js';
import { type Marked, type LinkedDirectives, linkedDirectives } from '../linked-directives.js';

export interface Cost {
  /** What one run costs with these variables; those with a default are given too. */
  of(variables: Variables): number;
  /** Lists that are asked for without saying how much of them. */
  faults: readonly GraphQLError[];
}

const mutationCost = 10;

/** Reads the costs of a supergraph. @param listSize items of a list that says nothing of its size */
export function costModel(
  supergraph: GraphQLSchema,
  listSize: number,
): (document: DocumentNode, operation: OperationDefinitionNode) => Cost {
  const marks = linkedDirectives(supergraph, '/cost');
  return (document, operation) => {
    const faults: GraphQLError[] = [];
    const pricing: Pricing = { supergraph, marks, listSize, fragments: fragmentsOf(document), faults };
    const root = supergraph.getRootType(operation.operation) ?? undefined;
    const selected = ofSet(operation.selectionSet, root, noSizes, pricing);
    const base = operation.operation === OperationTypeNode.MUTATION ? mutationCost : 0;
    return { faults, of: (variables) => base + valueOf(selected, variables) };
  };
}

interface Pricing {
  supergraph: GraphQLSchema;
  marks: LinkedDirectives;
  listSize: number;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  faults: GraphQLError[];
}

const noSizes: SizedFields = new Map();

function ofSet(
  set: SelectionSetNode | undefined,
  type: GraphQLNamedType | undefined,
  sizes: SizedFields,
  pricing: Pricing,
): Size {
  const { fragments, supergraph } = pricing;
  const parts = (set?.selections ?? []).map((selection): Size => {
    if (selection.kind === Kind.FIELD) return ofField(selection, type, sizes, pricing);
    const inside = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    const condition = inside?.typeCondition?.name.value;
    return ofSet(inside?.selectionSet, condition === undefined ? type : supergraph.getType(condition), sizes, pricing);
  });
  return combined(parts, add, 0);
}

function ofField(node: FieldNode, parent: GraphQLNamedType | undefined, sizes: SizedFields, pricing: Pricing): Size {
  const name = node.name.value;
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
  if (!field) return 0;
  const mark = pricing.marks.of(field, 'listSize');
  const fault = slicingFault(node, mark);
  if (fault) pricing.faults.push(fault);
  const size = sizeOf(field, node, mark);
  const below = new Map(sizedFieldsOf(mark).map((sized) => [sized, size ?? pricing.listSize]));
  const one = weighed(field, node, pricing, below);
  const count = isList(field) ? (sizes.get(name) ?? size ?? pricing.listSize) : 1;
  return combined(
    [combined([one, count], (product, factor) => product * factor, 1), ...sent(field, node, pricing)],
    add,
    0,
  );
}

function weighed(field: GraphQLField<unknown, unknown>, node: FieldNode, pricing: Pricing, sizes: SizedFields): Size {
  const type = getNamedType(field.type);
  const usual = isCompositeType(type) ? 1 : 0;
  const weight = weightOf(field, pricing) ?? weightOf(type, pricing) ?? usual;
  return combined([weight, ofSet(node.selectionSet, type, sizes, pricing)], add, 0);
}

/** The arguments that were given and have a weight. */
function sent(field: GraphQLField<unknown, unknown>, { arguments: given = [] }: FieldNode, pricing: Pricing): number[] {
  const names = new Set(given.map(({ name }) => name.value));
  return field.args.filter(({ name }) => names.has(name)).map((one) => weightOf(one, pricing) ?? 0);
}

function weightOf(marked: Marked, { marks }: Pricing): number | undefined {
  const weight = marks.of(marked, 'cost')?.['weight'];
  const number: number = typeof weight === 'string' ? Number(weight) : (weight as number);
  return Number.isFinite(number) ? number : undefined;
}

function combined(parts: readonly Size[], join: (one: number, other: number) => number, start: number): Size {
  const known = parts.filter((part) => typeof part === 'number').reduce(join, start);
  const unknown = parts.filter((part) => typeof part === 'function');
  if (unknown.length === 0) return known;
  return (variables) => unknown.map((part) => part(variables)).reduce(join, known);
}

function add(one: number, other: number): number {
  return one + other;
}

function valueOf(size: Size, variables: Variables): number {
  return typeof size === 'number' ? size : size(variables);
}
