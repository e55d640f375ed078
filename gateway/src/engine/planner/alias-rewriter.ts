import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLCompositeType,
  type GraphQLSchema,
  Kind,
  type ObjectFieldNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
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

  /** @param schema the API schema */
  constructor(
    private readonly schema: GraphQLSchema,
    plannerFields: PlannerFields,
    document: DocumentNode,
  ) {
    this.#roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
    const clashing = findExclusiveFields(schema, document);
    const taken = new Set(plannerFields.keys());
    visit(document, {
      Field(node) {
        const { value } = node.alias ?? node.name;
        taken.add(node.name.value).add(value);
        if (mayClash(node, plannerFields.get(value))) clashing.push(node);
      },
    });
    for (const node of clashing) this.#assignAlias(node, taken);
  }

  /** The response name of a field in subgraph data. @param owner the parent type; root fields keep their names */
  aliasFor(node: FieldNode, owner: GraphQLCompositeType | null | undefined): string {
    const name = (node.alias ?? node.name).value;
    return this.#aliases.size === 0 || this.#roots.has(owner) ? name : (this.#aliases.get(fieldKey(node)) ?? name);
  }

  /** The document to plan. @param document the document of the constructor, or a pruned copy of it */
  rewrite(document: DocumentNode): DocumentNode {
    if (this.#aliases.size === 0) return document;
    const types = new TypeInfo(this.schema);
    const Field = (node: FieldNode): FieldNode | undefined => {
      const value = this.aliasFor(node, types.getParentType());
      return value === (node.alias ?? node.name).value ? undefined : { ...node, alias: { kind: Kind.NAME, value } };
    };
    return visit(document, visitWithTypeInfo(types, { Field }));
  }

  /** The client's name for a response name in subgraph data. */
  originalName(alias: string): string {
    return this.#originals.get(alias) ?? alias;
  }

  /** Restores the client's names in the paths of errors. */
  restorePaths(errors: readonly GraphQLError[]): readonly GraphQLError[] {
    if (this.#aliases.size === 0) return errors;
    return errors.map((error) => {
      const path = error.path?.map((part) => (typeof part === 'string' ? this.originalName(part) : part));
      if (!path) return error;
      const { message, extensions, originalError } = error;
      return new GraphQLError(message, { path, extensions, originalError: originalError ?? null });
    });
  }

  #assignAlias(node: FieldNode, taken: Set<string>): void {
    const key = fieldKey(node);
    if (this.#aliases.has(key)) return;
    const original = (node.alias ?? node.name).value;
    let alias = `as_${original}_${node.name.value}`;
    while (taken.has(alias)) alias += '_';
    taken.add(alias);
    this.#aliases.set(key, alias);
    this.#originals.set(alias, original);
  }
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
