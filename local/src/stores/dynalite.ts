import { createRequire } from 'node:module';

/** The parts of dynalite that its own server is made of. Its version is pinned: they are no public interface. */
const require = createRequire(import.meta.url);

export const db = require('dynalite/db/index.js') as { create(options: Options): Store };

export const validations = require('dynalite/validations/index.js') as {
  /** Drops what the operation does not know; @throws when something is of another type */
  checkTypes(input: object, types: object): Record<string, unknown>;
  checkValidations(input: object, types: object, custom: unknown, store: Store): void;
};

/** What an operation takes and does, by the name of its file. */
export function loadOperation(operation: string): { types: object; custom: unknown; action: Action } {
  const { types, custom } = require(`dynalite/validations/${operation}.js`) as { types: object; custom: unknown };
  return { types, custom, action: require(`dynalite/actions/${operation}.js`) as Action };
}

type Action = (
  store: Store,
  input: Record<string, unknown>,
  done: (failure: Error | null, answer: Record<string, unknown>) => void,
) => void;

type Callback<Result> = (failure: Error | null | undefined, result?: Result) => void;

export type Attributes = Record<string, Record<string, unknown>>;

/** The part of the store that holds one table or one index. */
export interface SubStore {
  get(key: string, done: Callback<Attributes>): void;
  put(key: string, item: Attributes, done: Callback<void>): void;
  del(key: string, done: Callback<void>): void;
  lock(key: string, work: (release: unknown) => void): void;
}

/** One change of a part; its key begins with the part's name. */
export type Change = { type: 'put'; key: string; value: Attributes } | { type: 'del'; key: string };

export interface Table {
  KeySchema: { AttributeName: string }[];
}

/** A reading of LevelDB that is under way. */
export interface LevelIterator {
  next(): Promise<unknown>;
  close(): Promise<void>;
  return?(): Promise<void>;
}

export interface Store {
  db: {
    batch(changes: Change[]): Promise<void>;
    keys(options: object): LevelIterator;
    values(options: object): LevelIterator;
  };
  getTable(name: string, done: Callback<Table>): void;
  getItemDb(table: string): SubStore;
  getIndexDb(kind: string, table: string, index: string): SubStore;
  lifecycleManager: { gracefulClose(done: Callback<void>): void };
}

interface Options {
  /** Where LevelDB keeps the data; in memory when left out. */
  path?: string;
  createTableMs?: number;
  updateTableMs?: number;
  deleteTableMs?: number;
}
