import { getOrCreate } from '@marquee/chassis/caching/memoize';
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLCompositeType,
  type GraphQLSchema,
  Kind,
  type ObjectFieldNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { fragmentsOf, operationsOf } from '../document-definitions.js';
import { fieldKey, findExclusiveFields } from './exclusive-fields.js';

/**
 * Gives fields of a document unique aliases where they could be confused with others.
 *
 * - The planner adds fields to the client's selections, keys above all. It does not notice when the client aliases
 *   another field to the name of one (`{ show { slug: title } }`), or selects the same field with other arguments than a
 *   subgraph requires: it would drop the client's field, or use its value as the key.
 * - Objects of different types may have different fields of one response name, see `findExclusiveFields`. A plan refers
 *   to the fields of both by that name.
 *
 * The client's names are restored in the response.
 */
export class AliasRewriter {
  /** By response name, field name and arguments. */
  readonly #aliases = new Map<string, string>();
  readonly #originals = new Map<string, string>();
  readonly #roots: ReadonlySet<GraphQLCompositeType | null | undefined>;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  /** @param schema the API schema */
  constructor(
    private readonly schema: GraphQLSchema,
    plannerFields: PlannerFields,
    private readonly document: DocumentNode,
  ) {
    this.#fragments = fragmentsOf(document);
    this.#roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
    const clashing = findExclusiveFields(schema, document);
    const taken = new Set(plannerFields.keys());
    visit(document, {
      Field(node) {
        const value = responseName(node);
        taken.add(node.name.value).add(value);
        if (mayClash(node, plannerFields.get(value))) clashing.push(node);
      },
    });
    for (const node of clashing) this.#assignAlias(node, taken);
  }

  /** The response name of a field in subgraph data. @param owner the parent type; root fields keep their names */
  aliasFor(node: FieldNode, owner: GraphQLCompositeType | null | undefined): string {
    return this.#aliases.size === 0 || this.#roots.has(owner) ? responseName(node) : this.#nameOf(node);
  }

  /** The document to plan. @param document the document of the constructor, or a pruned copy of it */
  rewrite(document: DocumentNode): DocumentNode {
    if (this.#aliases.size === 0) return document;
    const types = new TypeInfo(this.schema);
    const Field = (node: FieldNode): FieldNode | undefined => {
      const value = this.aliasFor(node, types.getParentType());
      return value === responseName(node) ? undefined : { ...node, alias: { kind: Kind.NAME, value } };
    };
    return visit(document, visitWithTypeInfo(types, { Field }));
  }

  /** The client's name for a response name in subgraph data. */
  originalName(alias: string): string {
    return this.#originals.get(alias) ?? alias;
  }

  /**
   * Restores the client's names in the paths of errors. An error of a field that the planner added belongs to the object if
   * the client has given the name of that field to another one.
   */
  restorePaths(errors: readonly GraphQLError[]): readonly GraphQLError[] {
    if (this.#aliases.size === 0) return errors;
    const known = new Map<string, number>();
    return errors.map((error) => {
      if (!error.path) return error;
      const { message, extensions, originalError } = error;
      const names = error.path.filter((step) => typeof step === 'string');
      const count = getOrCreate(known, names.join(' '), () => this.#countOwnFields(names));
      const path = withFields(error.path, count).map((step) =>
        typeof step === 'string' ? this.originalName(step) : step,
      );
      return new GraphQLError(message, { path, extensions, originalError: originalError ?? null });
    });
  }

  /** How many fields of a path come before one that the planner added and whose name the client gives to another field. */
  #countOwnFields(names: readonly string[]): number {
    let selectionSets = operationsOf(this.document).map(({ selectionSet }) => selectionSet);
    for (const [index, name] of names.entries()) {
      const fields = selectionSets.flatMap((one) => fieldsIn(one, this.#fragments));
      const selected = fields.filter((node) => (index === 0 ? responseName(node) : this.#nameOf(node)) === name);
      if (selected.length === 0 && fields.some((node) => responseName(node) === name)) return index;
      selectionSets = selected.flatMap(({ selectionSet }) => selectionSet ?? []);
    }
    return names.length;
  }

  #nameOf(node: FieldNode): string {
    return this.#aliases.get(fieldKey(node)) ?? responseName(node);
  }

  #assignAlias(node: FieldNode, taken: Set<string>): void {
    const key = fieldKey(node);
    if (this.#aliases.has(key)) return;
    const original = responseName(node);
    let alias = `as_${original}_${node.name.value}`;
    while (taken.has(alias)) alias += '_';
    taken.add(alias);
    this.#aliases.set(key, alias);
    this.#originals.set(alias, original);
  }
}

function responseName({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

/** The start of a path with this number of fields, and with the list indices that follow them. */
function withFields(path: readonly (string | number)[], count: number): readonly (string | number)[] {
  let fields = 0;
  const end = path.findIndex((step) => typeof step === 'string' && (fields += 1) > count);
  return end < 0 ? path : path.slice(0, end);
}

/** The fields of a selection set, with those of its fragments for all types. */
function fieldsIn(
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  searched = new Set<string>(),
): FieldNode[] {
  return selectionSet.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsIn(selection.selectionSet, fragments, searched);
    const fragment = fragments.get(selection.name.value);
    if (!fragment || searched.has(selection.name.value)) return [];
    searched.add(selection.name.value);
    return fieldsIn(fragment.selectionSet, fragments, searched);
  });
}

/** The fields that the planner may add to a document, by name. */
export type PlannerFields = ReadonlyMap<string, PlannerField>;

interface PlannerField {
  /** Whether the planner may add it with arguments. */
  hasArguments: boolean;
}

function mayClash({ alias, name, arguments: given }: FieldNode, added: PlannerField | undefined): boolean {
  if (!added) return false;
  const isOther = alias !== undefined && alias.value !== name.value;
  return isOther || added.hasArguments || Boolean(given?.length);
}

/** Arguments of `join__` directives that contain selections. */
const selectionArguments: ReadonlySet<string> = new Set(['key', 'requires', 'selection']);

/** Finds the fields in the keys, `@requires` and context selections of a supergraph. */
export function findPlannerFields(supergraph: DocumentNode): PlannerFields {
  const fields = new Map<string, PlannerField>([['__typename', { hasArguments: false }]]);
  const addSelection = ({ name, value }: ArgumentNode | ObjectFieldNode): void => {
    if (value.kind !== Kind.STRING || !selectionArguments.has(name.value)) return;
    for (const [, word = '', bracket] of value.value.matchAll(/(\w+)\s*(\()?/g))
      fields.set(word, { hasArguments: bracket !== undefined || fields.get(word)?.hasArguments === true });
  };
  visit(supergraph, {
    Directive: ({ name }) => (name.value.startsWith('join__') ? undefined : false),
    Argument: addSelection,
    ObjectField: addSelection,
  });
  return fields;
}
