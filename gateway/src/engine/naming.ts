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
 * above all, and does not see that a client gave another field the name of one (`{ show { slug: title } }`), or asks for
 * the same one with other arguments than are required: it would leave the client's out, or take its value for its own.
 * So such a field has a name that is nobody's until the answer is shaped.
 */
export class Naming {
  /** By alias and name. */
  readonly #sent = new Map<string, string>();
  readonly #told = new Map<string, string>();
  readonly #roots: ReadonlySet<GraphQLCompositeType | null | undefined>;

  /** @param added what the planner may add, see `addedFields` */
  constructor(
    private readonly schema: GraphQLSchema,
    added: AddedFields,
    document: DocumentNode,
  ) {
    this.#roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
    const clashing: FieldNode[] = [];
    const taken = new Set(added.keys());
    visit(document, {
      Field(node) {
        const { value } = node.alias ?? node.name;
        taken.add(node.name.value).add(value);
        if (mayDiffer(node, added.get(value))) clashing.push(node);
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

/** The fields that the planner may add to a document, by name. */
export type AddedFields = ReadonlyMap<string, Added>;

interface Added {
  /** Whether it asks for the field with arguments. */
  argued: boolean;
}

function mayDiffer({ alias, name, arguments: given }: FieldNode, added: Added | undefined): boolean {
  if (!added) return false;
  const isOther = alias !== undefined && alias.value !== name.value;
  return isOther || added.argued || Boolean(given?.length);
}

function keyOf({ alias, name }: FieldNode): string {
  return `${(alias ?? name).value} ${name.value}`;
}

/** Where composition wrote down which fields a subgraph has to know. */
const selections: ReadonlySet<string> = new Set(['key', 'requires', 'selection']);

/** @param supergraph as composition wrote it */
export function addedFields(supergraph: DocumentNode): AddedFields {
  const names = new Map<string, Added>([['__typename', { argued: false }]]);
  const note = ({ name, value }: ArgumentNode | ObjectFieldNode): void => {
    if (value.kind !== Kind.STRING || !selections.has(name.value)) return;
    for (const [, word = '', bracket] of value.value.matchAll(/(\w+)\s*(\()?/g))
      names.set(word, { argued: bracket !== undefined || names.get(word)?.argued === true });
  };
  visit(supergraph, {
    Directive: ({ name }) => (name.value.startsWith('join__') ? undefined : false),
    Argument: note,
    ObjectField: note,
  });
  return names;
}
