/** One topic of federation: small subgraphs with fixed data, and operations with the responses that are right. */
export interface Topic {
  title: string;
  subgraphs: Record<string, TopicSubgraph>;
  cases: readonly TopicCase[];
}

export interface TopicSubgraph {
  /** Without a `@link` to federation, which is added unless `version` is 1. */
  sdl: string;
  version?: 1;
  query?: Row;
  mutation?: Row;
  /** The objects that `_entities` finds: by type name, those whose key fields equal the ones of the representation. */
  entities?: Record<string, readonly Row[]>;
}

/**
 * An object of a subgraph. A function is a resolver; its `this` is the object together with the fields of the
 * representation, which is `this.representation`.
 */
export type Row = Record<string, unknown>;

export interface TopicCase {
  query: string;
  variables?: Record<string, unknown>;
  /** The data of the response; undefined if the operation is not valid or cannot be planned. */
  data?: unknown;
  /** Whether the response has errors; they are not compared otherwise. */
  errors?: boolean;
}
