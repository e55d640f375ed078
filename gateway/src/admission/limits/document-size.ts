import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf, operationsOf } from '../../engine/document-definitions.js';

/** How large an operation is once its fragments are written out. */
export interface DocumentSize {
  /** Fields below one another; what is below `__schema` and `__type` has a rule of its own. */
  depth: number;
  aliases: number;
  /** Fields on its first level. */
  rootFields: number;
  directives: number;
  /** Fields and fragments, all in all. */
  selections: number;
}

/**
 * Measures every operation of a document that was only parsed. It takes time by the document as it stands, however
 * large it is written out.
 * @throws RecursiveFragment
 */
export function measureDocument(document: DocumentNode): DocumentSize[] {
  const fragments: Fragments = { named: fragmentsOf(document), known: new Map(), open: new Set() };
  return operationsOf(document).map(({ selectionSet, directives }) =>
    plus(ofSet(selectionSet, fragments), ofDirectives(directives)),
  );
}

/** A fragment contains itself. */
export class FragmentCycleError extends Error {
  constructor(readonly fragment: string) {
    super(`the fragment ${fragment} contains itself`);
    this.name = 'RecursiveFragment';
  }
}

interface Fragments {
  named: ReadonlyMap<string, FragmentDefinitionNode>;
  known: Map<string, DocumentSize>;
  /** Those that are being measured. */
  open: Set<string>;
}

function ofSet(set: SelectionSetNode | undefined, fragments: Fragments): DocumentSize {
  return (set?.selections ?? []).reduce((sum, selection) => plus(sum, ofSelection(selection, fragments)), nothing);
}

function ofSelection(selection: SelectionNode, fragments: Fragments): DocumentSize {
  const own = plus({ ...nothing, selections: 1 }, ofDirectives(selection.directives));
  switch (selection.kind) {
    case Kind.INLINE_FRAGMENT:
      return plus(own, ofSet(selection.selectionSet, fragments));
    case Kind.FRAGMENT_SPREAD:
      return plus(own, ofFragment(selection.name.value, fragments));
    case Kind.FIELD: {
      const below = plus(own, ofSet(selection.selectionSet, fragments));
      const depth = selection.name.value.startsWith('__') ? 1 : below.depth + 1;
      return { ...below, rootFields: 1, depth, aliases: below.aliases + (selection.alias ? 1 : 0) };
    }
  }
}

function ofFragment(name: string, fragments: Fragments): DocumentSize {
  const found = fragments.known.get(name);
  if (found) return found;
  if (fragments.open.has(name)) throw new FragmentCycleError(name);
  fragments.open.add(name);
  const fragment = fragments.named.get(name);
  const fresh = plus(ofSet(fragment?.selectionSet, fragments), ofDirectives(fragment?.directives));
  fragments.open.delete(name);
  fragments.known.set(name, fresh);
  return fresh;
}

function ofDirectives(directives: readonly DirectiveNode[] = []): DocumentSize {
  return { ...nothing, directives: directives.length };
}

function plus(one: DocumentSize, other: DocumentSize): DocumentSize {
  return {
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    rootFields: one.rootFields + other.rootFields,
    directives: one.directives + other.directives,
    selections: one.selections + other.selections,
  };
}

const nothing: DocumentSize = { depth: 0, aliases: 0, rootFields: 0, directives: 0, selections: 0 };
