import type { PlanNode } from '@apollo/query-planner';
import { deferName } from '@marquee/chassis/graphql/incremental-schema';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { fragmentsOf, operationNamed } from '../document-definitions.js';
import { labelOf, streamOf } from '../incremental-directives.js';
import { streamedItems } from '../executor/response-position.js';

/** A list whose first items are fetched for the first result, and the others after it. */
export interface StreamedList {
  label: string;
  /** The response names of the fields from the root to the list. */
  names: readonly string[];
  field: FieldNode;
}

/** A plan whose fetches for items of streamed lists run twice. */
export interface StreamedPlan {
  /** The fetches for the first result. */
  initial: PlanNode;
  /** By the label of a list, the fetches for its later items. */
  later: ReadonlyMap<string, PlanNode>;
}

/**
 * Finds the lists with `@stream` that can be fetched in two steps. Others are fetched as a whole, and only delivered in
 * two results: lists within streamed lists or deferred fragments, and those that are also selected without `@stream`.
 *
 * @param document with the response names that the plan refers to
 */
export function findStreamedLists(document: DocumentNode, operationName: string | undefined): StreamedList[] {
  const operation = operationNamed(document, operationName);
  const search = new Search(fragmentsOf(document));
  if (operation) search.selections(operation.selectionSet, []);
  return search.found();
}

class Search {
  /** By path, whether the field is streamed wherever it is selected; the first field of a path decides on its label. */
  readonly #byPath = new Map<string, { list: StreamedList | undefined; isAlways: boolean }>();

  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  found(): StreamedList[] {
    return [...this.#byPath.values()].flatMap(({ list, isAlways }) => (list && isAlways ? [list] : []));
  }

  selections({ selections }: SelectionSetNode, path: readonly string[]): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) this.#field(selection, path);
      else if (!selection.directives?.some(({ name }) => name.value === deferName)) {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
        if (fragment) this.selections(fragment.selectionSet, path);
      }
    }
  }

  #field(field: FieldNode, path: readonly string[]): void {
    const names = [...path, (field.alias ?? field.name).value];
    const directive = streamOf(field);
    const label = directive && labelOf(directive);
    const list = label === undefined ? undefined : { label, names, field };
    const known = getOrCreate(this.#byPath, names.join(' '), () => ({ list, isAlways: true }));
    known.isAlways &&= list !== undefined;
    if (!list && field.selectionSet) this.selections(field.selectionSet, names);
  }
}

/** Splits a plan; undefined if it cannot be split, or if no fetch depends on the items of a list. */
export function splitStreamedPlan(node: PlanNode, lists: readonly StreamedList[]): StreamedPlan | undefined {
  if (lists.length === 0 || !isSplittable(node)) return undefined;
  const later = lists.flatMap((list): [string, PlanNode][] => {
    const rest = mapFetches(node, (path) => withRange(path, list, 'rest'));
    return rest ? [[list.label, rest]] : [];
  });
  const firstItems = (path: PlanPath | undefined): PlanPath | undefined | typeof unchanged =>
    path === undefined ? unchanged : lists.reduce((one, list) => withRange(one, list, 'first') ?? one, path);
  const initial = mapFetches(node, firstItems);
  return initial && later.length > 0 ? { initial, later: new Map(later) } : undefined;
}

type PlanPath = readonly (string | number)[];

/** Stands for a fetch of root fields that is kept. */
const unchanged = Symbol('unchanged');

/** Deferred parts depend on single fetches, and `@fromContext` on the objects around an item. */
function isSplittable(node: PlanNode): boolean {
  switch (node.kind) {
    case 'Defer':
      return false;
    case 'Fetch':
      return !node.contextRewrites;
    case 'Flatten':
      return isSplittable(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.every(isSplittable);
    case 'Condition':
      return [node.ifClause, node.elseClause].every((one) => !one || isSplittable(one));
  }
}

/** @param change the new path of the fetches at a path, undefined to remove them; called without one for root fetches */
function mapFetches(
  node: PlanNode,
  change: (path: PlanPath | undefined) => PlanPath | undefined | typeof unchanged,
): PlanNode | undefined {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel': {
      const nodes = node.nodes.flatMap((one) => mapFetches(one, change) ?? []);
      return nodes.length > 0 ? { ...node, nodes } : undefined;
    }
    case 'Condition': {
      const [ifClause, elseClause] = [node.ifClause, node.elseClause].map((one) => one && mapFetches(one, change));
      if (!ifClause && !elseClause) return undefined;
      const { condition } = node;
      return { kind: 'Condition', condition, ...(ifClause && { ifClause }), ...(elseClause && { elseClause }) };
    }
    case 'Flatten': {
      const path = change(node.path);
      return typeof path === 'object' ? { ...node, path: [...path] } : undefined;
    }
    case 'Fetch':
    case 'Defer':
      return change(undefined) === unchanged ? node : undefined;
  }
}

/** The path with a step to some items of the list; undefined if it does not lead through the list. */
function withRange(
  path: PlanPath | undefined,
  { label, names }: StreamedList,
  range: 'first' | 'rest',
): PlanPath | undefined {
  let matched = 0;
  for (const [index, step] of (path ?? []).entries()) {
    if (step === '@') {
      if (matched === names.length) return path?.with(index, streamedItems(label, range));
    } else if (matched === names.length || step !== names[matched]) return undefined;
    else matched += 1;
  }
  return undefined;
}
