import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { deferName, streamName } from '@marquee/chassis/graphql/incremental-schema';
import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentSpreadNode,
  type GraphQLSchema,
  type InlineFragmentNode,
  isListType,
  isNonNullType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Dice } from '../operations/dice.js';

/** Inserts `@defer` and `@stream` at random into a document: around selections, on fragments, and on lists. */
export function insertIncrements(schema: GraphQLSchema, document: DocumentNode, dice: Dice): DocumentNode {
  const types = new TypeInfo(schema);
  const roots = new Set<unknown>([schema.getMutationType(), schema.getSubscriptionType()]);
  const mayDefer = (percent: number): boolean => !roots.has(types.getParentType()) && dice.chance(percent);
  const labels = new Labels(dice);
  const deferFragment = <Node extends InlineFragmentNode | FragmentSpreadNode>(node: Node): Node | undefined =>
    mayDefer(30) ? withDirective(node, labels.defer()) : undefined;
  const streamed = new StreamedNames(dice);
  return visit(
    document,
    visitWithTypeInfo(types, {
      SelectionSet: { leave: (set) => (mayDefer(35) ? deferSome(set, dice, labels) : undefined) },
      InlineFragment: { leave: deferFragment },
      FragmentSpread: { leave: deferFragment },
      Field: {
        leave(node) {
          const isStreamed = isList(types) && !roots.has(types.getParentType()) && streamed.has(node);
          return isStreamed ? withDirective(node, streamDirective) : undefined;
        },
      },
    }),
  );
}

function isList(types: TypeInfo): boolean {
  const type = types.getType();
  return isListType(isNonNullType(type) ? type.ofType : type);
}

/** Fields that are merged must have equal directives, so a response name is streamed everywhere or nowhere. */
class StreamedNames {
  readonly #names = new Map<string, boolean>();

  constructor(private readonly dice: Dice) {}

  has({ alias, name }: FieldNode): boolean {
    return getOrCreate(this.#names, (alias ?? name).value, () => this.dice.chance(25));
  }
}

/** Moves some of the selections into a deferred fragment. */
function deferSome(set: SelectionSetNode, dice: Dice, labels: Labels): SelectionSetNode {
  const moved = new Set(set.selections.filter(() => dice.chance(50)));
  if (moved.size === 0) return set;
  const fragment: SelectionNode = {
    kind: Kind.INLINE_FRAGMENT,
    directives: [labels.defer()],
    selectionSet: { kind: Kind.SELECTION_SET, selections: [...moved] },
  };
  return { ...set, selections: [...set.selections.filter((one) => !moved.has(one)), fragment] };
}

function withDirective<Node extends SelectionNode>(node: Node, directive: DirectiveNode): Node | undefined {
  const directives = node.directives ?? [];
  return directives.some(({ name }) => name.value === directive.name.value)
    ? undefined
    : { ...node, directives: [...directives, directive] };
}

/** Some parts have a label, which is unique. */
class Labels {
  #count = 0;

  constructor(private readonly dice: Dice) {}

  defer(): DirectiveNode {
    const value = `label ${(this.#count += 1)}`;
    const label = {
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: 'label' },
      value: { kind: Kind.STRING, value },
    } as const;
    return {
      kind: Kind.DIRECTIVE,
      name: { kind: Kind.NAME, value: deferName },
      arguments: this.dice.chance(50) ? [label] : [],
    };
  }
}

const streamDirective: DirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: streamName },
  arguments: [
    { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'initialCount' }, value: { kind: Kind.INT, value: '1' } },
  ],
};
