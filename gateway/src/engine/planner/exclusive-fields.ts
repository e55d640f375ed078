import { getOrCreate } from '@marquee/chassis/caching/memoize';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isCompositeType,
  isUnionType,
  Kind,
  print,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf, operationsOf } from '../document-definitions.js';

/** Identifies the meaning of a field in a response: its response name, field name and arguments. */
export function fieldKey({ alias, name, arguments: given = [] }: FieldNode): string {
  return [(alias ?? name).value, name.value, ...given.map(print)].join(' ');
}

/**
 * Finds fields that share their response name with a field of another name or other arguments. Valid documents have such
 * fields where an object can only be of one of two types: `{ ...on Book { by: author } ...on Film { by: director } }`,
 * or below such fields. Documents without a type condition that narrows the type have none.
 */
export function findExclusiveFields(schema: GraphQLSchema, document: DocumentNode): FieldNode[] {
  const search = new Search(schema, fragmentsOf(document));
  for (const { operation, selectionSet } of operationsOf(document)) {
    const root = schema.getRootType(operation);
    if (root) search.selections(selectionSet, root, false);
  }
  return search.found();
}

class Search {
  /** By response name, the fields of that name by `fieldKey`. */
  readonly #fields = new Map<string, Map<string, FieldNode>>();
  /** Response names of fields that only objects of some types have. */
  readonly #narrowed = new Set<string>();
  /** The fragments that were searched, by whether their objects were narrowed. */
  readonly #searched = { true: new Set<string>(), false: new Set<string>() };

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ) {}

  selections({ selections }: SelectionSetNode, type: GraphQLCompositeType, isNarrowed: boolean): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        this.#field(selection, type, isNarrowed);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.fragments.get(selection.name.value) : selection;
      const condition = fragment?.typeCondition ? this.schema.getType(fragment.typeCondition.name.value) : type;
      if (!fragment || !isCompositeType(condition)) continue;
      const isNarrower = isNarrowed || condition !== type;
      if (selection.kind === Kind.FRAGMENT_SPREAD && !this.#isNew(selection.name.value, isNarrower)) continue;
      this.selections(fragment.selectionSet, condition, isNarrower);
    }
  }

  found(): FieldNode[] {
    return [...this.#narrowed].flatMap((name) => {
      const fields = [...(this.#fields.get(name)?.values() ?? [])];
      return fields.length > 1 ? fields : [];
    });
  }

  #field(node: FieldNode, type: GraphQLCompositeType, isNarrowed: boolean): void {
    const name = (node.alias ?? node.name).value;
    getOrCreate(this.#fields, name, () => new Map()).set(fieldKey(node), node);
    if (isNarrowed) this.#narrowed.add(name);
    const below = isUnionType(type) ? undefined : getNamedType(type.getFields()[node.name.value]?.type);
    if (node.selectionSet && isCompositeType(below)) this.selections(node.selectionSet, below, isNarrowed);
  }

  #isNew(fragment: string, isNarrowed: boolean): boolean {
    const searched = this.#searched[`${isNarrowed}`];
    return !searched.has(fragment) && Boolean(searched.add(fragment));
  }
}
