import { streamName } from '@marquee/chassis/graphql/incremental-schema';
import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  GraphQLError,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { fragmentsOf, operationNamed } from '../document-definitions.js';
import { incrementalDirectivesOf, isIncremental, labelOf } from '../incremental-directives.js';
import type { Denial, DeniedFields } from '../operation-context.js';
import type { ActiveIncrements } from './active-increments.js';

/** A document in which each part that is delivered later has a label of its own. */
export interface ExpandedDocument {
  document: DocumentNode;
  /** The denied fields of the expanded document. */
  denied: DeniedFields;
  /** The labels of the client, by those of the expanded document; undefined when there are no later parts. */
  labels: ReadonlyMap<string, string | undefined> | undefined;
}

/**
 * Prepares the `@defer` and `@stream` directives of a document. Those that do not apply are removed. Fragments with one
 * that applies become inline fragments, since a fragment that is spread twice has two parts for one label; each part
 * gets a label that the query plan and the response refer to.
 *
 * @param increments the directives that apply; none when absent
 */
export function expandIncrements(
  document: DocumentNode,
  operationName: string | undefined,
  denied: DeniedFields,
  increments: ActiveIncrements | undefined,
): ExpandedDocument {
  if (incrementalDirectivesOf(document).length === 0) return { document, denied, labels: undefined };
  return new Expansion(document, denied, increments).expand(operationName);
}

/** A document without `@stream`, which the planner does not know how to plan. */
export function withoutStreams(document: DocumentNode): DocumentNode {
  return visit(document, { Directive: ({ name }) => (name.value === streamName ? null : undefined) });
}

class Expansion {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** By fragment, whether it contains a directive that applies. */
  readonly #incremental = new Map<string, boolean>();
  readonly #labels = new Map<string, string | undefined>();
  readonly #denied: Map<FieldNode, Denial>;

  constructor(
    private readonly document: DocumentNode,
    denied: DeniedFields,
    private readonly increments: ActiveIncrements | undefined,
  ) {
    this.#fragments = fragmentsOf(document);
    this.#denied = new Map(denied);
  }

  expand(operationName: string | undefined): ExpandedDocument {
    const operation = operationNamed(this.document, operationName);
    if (!operation) throw new GraphQLError('The document has no operation of this name.');
    const fragments = [...this.#fragments.values()].filter(({ name }) => !this.#isIncremental(name.value));
    const definitions = [operation, ...fragments].map((one) => ({
      ...one,
      selectionSet: this.#expandSet(one.selectionSet),
    }));
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions };
    return { document, denied: this.#denied, labels: this.#labels.size > 0 ? this.#labels : undefined };
  }

  #expandSet(set: SelectionSetNode): SelectionSetNode {
    return { ...set, selections: set.selections.map((selection) => this.#expandSelection(selection)) };
  }

  #expandSelection(selection: SelectionNode): SelectionNode {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#expandField(selection);
      case Kind.INLINE_FRAGMENT:
        return this.#expandFragment(selection, selection);
      case Kind.FRAGMENT_SPREAD: {
        const fragment = this.#fragments.get(selection.name.value);
        if (!fragment || !(this.#active(selection) || this.#isIncremental(fragment.name.value)))
          return { ...selection, directives: conditionsOf(selection) };
        return this.#expandFragment(selection, fragment);
      }
    }
  }

  #expandField(field: FieldNode): FieldNode {
    const stream = this.#active(field);
    const expanded = {
      ...field,
      directives: [...conditionsOf(field), ...(stream ? [this.#labelled(stream)] : [])],
      ...(field.selectionSet && { selectionSet: this.#expandSet(field.selectionSet) }),
    };
    const denial = this.#denied.get(field);
    if (denial) this.#denied.set(expanded, denial);
    return expanded;
  }

  /** Conditions decide whether there is a part at all, so they enclose it. */
  #expandFragment(
    selection: InlineFragmentNode | FragmentSpreadNode,
    { typeCondition, selectionSet }: InlineFragmentNode | FragmentDefinitionNode,
  ): InlineFragmentNode {
    const defer = this.#active(selection);
    const conditions = conditionsOf(selection);
    const inline: InlineFragmentNode = {
      kind: Kind.INLINE_FRAGMENT,
      ...(typeCondition && { typeCondition }),
      directives: defer ? [this.#labelled(defer)] : conditions,
      selectionSet: this.#expandSet(selectionSet),
    };
    if (!defer || conditions.length === 0) return inline;
    const set = { kind: Kind.SELECTION_SET, selections: [inline] } as const;
    return { kind: Kind.INLINE_FRAGMENT, directives: conditions, selectionSet: set };
  }

  #active({ directives = [] }: SelectionNode): DirectiveNode | undefined {
    return directives.find((directive) => isIncremental(directive) && this.increments?.isActive(directive));
  }

  #labelled(directive: DirectiveNode): DirectiveNode {
    const value = `part_${this.#labels.size}`;
    this.#labels.set(value, labelOf(directive));
    const label = {
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: 'label' },
      value: { kind: Kind.STRING, value },
    } as const;
    const others = (directive.arguments ?? []).filter(({ name }) => name.value === 'initialCount');
    return { ...directive, arguments: [label, ...others] };
  }

  #isIncremental(fragment: string): boolean {
    const known = this.#incremental.get(fragment);
    if (known !== undefined) return known;
    let isFound = false;
    const definition = this.#fragments.get(fragment);
    const search = (selection: SelectionNode): void => {
      isFound ||= this.#active(selection) !== undefined;
      if (selection.kind === Kind.FRAGMENT_SPREAD) isFound ||= this.#isIncremental(selection.name.value);
    };
    if (definition) visit(definition, { Field: search, InlineFragment: search, FragmentSpread: search });
    this.#incremental.set(fragment, isFound);
    return isFound;
  }
}

function conditionsOf({ directives = [] }: SelectionNode): DirectiveNode[] {
  return directives.filter((directive) => !isIncremental(directive));
}
