import { createRequire } from 'node:module';

/** Internal modules of dynalite, which are not a public interface; its version is therefore pinned. */
const require = createRequire(import.meta.url);

export const db = require('dynalite/db/index.js') as {
  create(options: Options): Store;
  /** Changes the entries of an item in the indexes of a table. */
  updateIndexes(
    store: Store,
    table: Table,
    existing: Attributes | undefined,
    item: Attributes,
    done: Callback<void>,
  ): void;
};

export const validations = require('dynalite/validations/index.js') as {
  /** Removes unknown attributes. @throws when a value has the wrong type */
  checkTypes(input: object, types: object): Record<string, unknown>;
  checkValidations(input: object, types: object, custom: unknown, store: Store): void;
};

/** Loads the input types, the validation and the action of an operation by its file name. */
export function loadOperation(operation: string): { types: object; custom: unknown; action: Action } {
  const { types, custom } = require(`dynalite/validations/${operation}.js`) as { types: object; custom: unknown };
  return { types, custom, action: require(`dynalite/actions/${operation}.js`) as Action };
}

type Action = (
  store: Store,
  input: Record<string, unknown>,
  done: (failure: Error | null, response: Record<string, unknown>) => void,
) => void;

type Callback<Result> = (failure: Error | null | undefined, result?: Result) => void;

export type Attributes = Record<string, Record<string, unknown>>;

/** The sublevel of the store that holds one table or one index. */
export interface SubStore {
  get(key: string, done: Callback<Attributes>): void;
  put(key: string, item: Attributes, done: Callback<void>): void;
  del(key: string, done: Callback<void>): void;
  lock(key: string, work: (release: unknown) => void): void;
}

/** One change of a sublevel; the key begins with the name of the sublevel. */
export type Change = { type: 'put'; key: string; value: Attributes } | { type: 'del'; key: string };

export interface Table {
  KeySchema: { AttributeName: string }[];
  AttributeDefinitions?: object[];
  GlobalSecondaryIndexes?: TableIndex[];
}

/** An index, as CreateTable and UpdateTable describe it. */
export interface TableIndex extends Record<string, unknown> {
  IndexName: string;
}

/** An open iterator of LevelDB. */
export interface LevelIterator {
  next(): Promise<unknown>;
  close(): Promise<void>;
  return?(): Promise<void>;
}

export interface Store {
  db: {
    batch(changes: Change[]): Promise<void>;
    /** Without a callback it returns a promise. */
    get(key: string, done?: Callback<unknown>): unknown;
    /** @throws Error if the store is not open */
    getSync(key: string): unknown;
    keys(options: object): LevelIterator;
    values(options: object): LevelIterator;
  };
  tableDb: { put(name: string, table: Table, done: Callback<void>): void };
  getTable(name: string, done: Callback<Table>): void;
  getItemDb(table: string): SubStore;
  getIndexDb(kind: string, table: string, index: string): SubStore;
  lifecycleManager: { gracefulClose(done: Callback<void>): void };
}

interface Options {
  /** The directory of LevelDB; without it the data is kept in memory. */
  path?: string;
  createTableMs?: number;
  updateTableMs?: number;
  deleteTableMs?: number;
}
