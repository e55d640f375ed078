import type { Attributes, Change, SubStore, Store } from './dynalite.js';

/** A store that reads what is there and keeps what would change to itself. */
export interface WriteRecorder {
  store: Store;
  changes: Change[];
  /** The item that was read before it was to be changed. */
  found(): Attributes | undefined;
}

/** Lets an action of dynalite run without effect, so that several can take effect in one batch or not at all. */
export function createWriteRecorder(store: Store): WriteRecorder {
  const changes: Change[] = [];
  let found: Attributes | undefined;
  return {
    changes,
    found: () => found,
    store: {
      ...store,
      getItemDb: (table) => part(store.getItemDb(table), `item-${table}`, changes, (item) => (found = item)),
      getIndexDb: (kind, table, index) =>
        part(store.getIndexDb(kind, table, index), `index-${kind.toLowerCase()}~${table}~${index}`, changes),
    },
  };
}

function part(
  real: SubStore,
  name: string,
  changes: Change[],
  note?: (item: Attributes | undefined) => void,
): SubStore {
  const record = (change: Change, done: (failure: null) => void) => {
    changes.push(change);
    done(null);
  };
  return {
    lock: real.lock,
    get: (key, done) =>
      real.get(key, (failure, item) => {
        note?.(item);
        done(failure, item);
      }),
    put: (key, value, done) => record({ type: 'put', key: `${name}~${key}`, value }, done),
    del: (key, done) => record({ type: 'del', key: `${name}~${key}` }, done),
  };
}
