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

/**
 * What fields of a document are called on their way. The planner adds fields of its own to what a client asks for, keys
 * above all, and does not see that a client gave another field the name of one (`{ show { slug: title } }`): it would
 * leave the client's out, or take its value for the key. So such a field has a name that is nobody's until the answer
 * is shaped.
 */
export class Naming {
  /** By alias and name. */
  readonly #sent = new Map<string, string>();
  readonly #told = new Map<string, string>();
  readonly #roots: ReadonlySet<GraphQLCompositeType | null | undefined>;

  /** @param added the names that the planner may add, see `namesAdded` */
  constructor(
    private readonly schema: GraphQLSchema,
    added: ReadonlySet<string>,
    document: DocumentNode,
  ) {
    this.#roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
    const clashing: FieldNode[] = [];
    const taken = new Set(added);
    visit(document, {
      Field(node) {
        taken.add(node.name.value).add((node.alias ?? node.name).value);
        if (node.alias && node.alias.value !== node.name.value && added.has(node.alias.value)) clashing.push(node);
      },
    });
    for (const node of clashing) this.#rename(node, taken);
  }

  /** What subgraphs call a field. @param owner the type that it is asked of; those at the root keep their names */
  sent(node: FieldNode, owner: GraphQLCompositeType | null | undefined): string {
    const name = (node.alias ?? node.name).value;
    return this.#roots.has(owner) ? name : (this.#sent.get(keyOf(node)) ?? name);
  }

  /** The document as it is planned; this may be one with less in it. */
  document(document: DocumentNode): DocumentNode {
    if (this.#sent.size === 0) return document;
    const types = new TypeInfo(this.schema);
    const Field = (node: FieldNode): FieldNode | undefined => {
      const value = this.sent(node, types.getParentType());
      return value === (node.alias ?? node.name).value ? undefined : { ...node, alias: { kind: Kind.NAME, value } };
    };
    return visit(document, visitWithTypeInfo(types, { Field }));
  }

  /** What the client calls a field of this name. */
  told(name: string): string {
    return this.#told.get(name) ?? name;
  }

  /** Errors in the places that the client knows. */
  errors(errors: readonly GraphQLError[]): readonly GraphQLError[] {
    if (this.#sent.size === 0) return errors;
    return errors.map((error) => {
      const path = error.path?.map((part) => (typeof part === 'string' ? this.told(part) : part));
      if (!path) return error;
      const { message, extensions, originalError } = error;
      return new GraphQLError(message, { path, extensions, originalError: originalError ?? null });
    });
  }

  #rename(node: FieldNode, taken: Set<string>): void {
    if (this.#sent.has(keyOf(node))) return;
    const alias = (node.alias ?? node.name).value;
    let name = `as_${alias}_${node.name.value}`;
    while (taken.has(name)) name += '_';
    taken.add(name);
    this.#sent.set(keyOf(node), name);
    this.#told.set(name, alias);
  }
}

function keyOf({ alias, name }: FieldNode): string {
  return `${alias?.value ?? ''} ${name.value}`;
}

/** Where composition wrote down which fields a subgraph has to know. */
const selections: ReadonlySet<string> = new Set(['key', 'requires', 'selection']);

/** The names of all fields that the planner may add to a document. @param supergraph as composition wrote it */
export function namesAdded(supergraph: DocumentNode): Set<string> {
  const names = new Set(['__typename']);
  const note = ({ name, value }: ArgumentNode | ObjectFieldNode): void => {
    if (value.kind !== Kind.STRING || !selections.has(name.value)) return;
    for (const word of value.value.match(/\w+/g) ?? []) names.add(word);
  };
  visit(supergraph, {
    Directive: ({ name }) => (name.value.startsWith('join__') ? undefined : false),
    Argument: note,
    ObjectField: note,
  });
  return names;
}
