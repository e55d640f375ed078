import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLField,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import { answerMeter, type AnswerMeter } from '../answer-limit.js';

/** A position in the response: its key or index, and the position around it. */
export type Path = GraphQLResolveInfo['path'];

/** An operation with what its resolvers may ask about it. */
export interface OperationSource {
  readonly schema: GraphQLSchema;
  /** The type of the operation's own fields. */
  readonly rootType: GraphQLObjectType;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

/** A field of one selection set: its nodes are those of all selections with this response name. */
export interface FieldPlace {
  readonly name: string;
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
}

/** The state of one execution of an operation. */
export class OperationRun {
  readonly errors: GraphQLError[] = [];
  /** Limits the size of the response. Absent without a limit. */
  readonly meter: AnswerMeter | undefined;
  #nulled: Set<Path | undefined> | undefined;

  constructor(
    private readonly source: OperationSource,
    readonly context: object,
    readonly variables: Record<string, unknown>,
  ) {
    this.meter = answerMeter(context);
  }

  /** Records the error of a position that becomes null. Ignored if a position around it has become null before. */
  addError(error: GraphQLError, path: Path | undefined): void {
    this.#nulled ??= new Set();
    if (this.#isNulled(path)) return;
    this.#nulled.add(path);
    this.errors.push(error);
  }

  /** The last argument of a resolver. */
  infoOf({ parent, field, nodes }: FieldPlace, path: Path): GraphQLResolveInfo {
    const { schema, operation, fragments } = this.source;
    return {
      fieldName: field.name,
      fieldNodes: nodes,
      returnType: field.type,
      parentType: parent,
      path,
      schema,
      fragments,
      rootValue: undefined,
      operation,
      variableValues: this.variables,
    };
  }

  #isNulled(path: Path | undefined): boolean {
    for (let position = path; position !== undefined; position = position.prev)
      if (this.#nulled?.has(position)) return true;
    return this.#nulled?.has(undefined) ?? false;
  }
}

/** The keys and indexes from the root to a position. */
export function pathKeys(path: Path | undefined): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let position = path; position !== undefined; position = position.prev) keys.push(position.key);
  return keys.reverse();
}

/** Whether a value of a resolver is a promise, also of another library. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
