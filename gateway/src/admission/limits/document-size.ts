import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf, operationsOf } from '../../engine/document-definitions.js';

/** The size of one operation with all fragments expanded. */
export interface DocumentSize {
  /** Levels of nested fields. `__schema` and `__type` count as one: introspection has its own rule. */
  depth: number;
  aliases: number;
  /** Fields on the first level. */
  rootFields: number;
  directives: number;
  /** Fields and fragments in total. */
  selections: number;
}

/**
 * Measures every operation of a document that is parsed and not yet validated. The time is linear in the text, however
 * large the expanded operation is.
 * @throws FragmentCycleError
 */
export function measureDocument(document: DocumentNode): DocumentSize[] {
  const fragments: Fragments = { named: fragmentsOf(document), measured: new Map(), open: new Set() };
  return operationsOf(document).map(({ selectionSet, directives }) =>
    add(measureSet(selectionSet, fragments), measureDirectives(directives)),
  );
}

/** A fragment contains itself. */
export class FragmentCycleError extends Error {
  constructor(readonly fragment: string) {
    super(`the fragment "${fragment}" contains itself`);
    this.name = 'FragmentCycleError';
  }
}

interface Fragments {
  named: ReadonlyMap<string, FragmentDefinitionNode>;
  measured: Map<string, DocumentSize>;
  /** The fragments around the current selection. */
  open: Set<string>;
}

function measureSet(set: SelectionSetNode | undefined, fragments: Fragments): DocumentSize {
  return (set?.selections ?? []).reduce((sum, selection) => add(sum, measureSelection(selection, fragments)), empty);
}

function measureSelection(selection: SelectionNode, fragments: Fragments): DocumentSize {
  const own = add({ ...empty, selections: 1 }, measureDirectives(selection.directives));
  switch (selection.kind) {
    case Kind.INLINE_FRAGMENT:
      return add(own, measureSet(selection.selectionSet, fragments));
    case Kind.FRAGMENT_SPREAD:
      return add(own, measureFragment(selection.name.value, fragments));
    case Kind.FIELD: {
      const below = add(own, measureSet(selection.selectionSet, fragments));
      const depth = selection.name.value.startsWith('__') ? 1 : below.depth + 1;
      return { ...below, rootFields: 1, depth, aliases: below.aliases + (selection.alias ? 1 : 0) };
    }
  }
}

function measureFragment(name: string, fragments: Fragments): DocumentSize {
  const known = fragments.measured.get(name);
  if (known) return known;
  if (fragments.open.has(name)) throw new FragmentCycleError(name);
  fragments.open.add(name);
  const fragment = fragments.named.get(name);
  const size = add(measureSet(fragment?.selectionSet, fragments), measureDirectives(fragment?.directives));
  fragments.open.delete(name);
  fragments.measured.set(name, size);
  return size;
}

function measureDirectives(directives: readonly DirectiveNode[] = []): DocumentSize {
  return { ...empty, directives: directives.length };
}

function add(one: DocumentSize, other: DocumentSize): DocumentSize {
  return {
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    rootFields: one.rootFields + other.rootFields,
    directives: one.directives + other.directives,
    selections: one.selections + other.selections,
  };
}

const empty: DocumentSize = { depth: 0, aliases: 0, rootFields: 0, directives: 0, selections: 0 };
