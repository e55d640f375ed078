import type { Attributes, Change, SubStore, Store } from './dynalite.js';

/** A store that reads from the real one and records writes instead of applying them. */
export interface WriteRecorder {
  store: Store;
  changes: Change[];
  /** The item that was read before its change. */
  found(): Attributes | undefined;
}

/** Runs actions of dynalite without effect, so that the recorded changes of several can be applied atomically. */
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
  onRead?: (item: Attributes | undefined) => void,
): SubStore {
  const record = (change: Change, done: (failure: null) => void) => {
    changes.push(change);
    done(null);
  };
  return {
    lock: real.lock,
    get: (key, done) =>
      real.get(key, (failure, item) => {
        onRead?.(item);
        done(failure, item);
      }),
    put: (key, value, done) => record({ type: 'put', key: `${name}~${key}`, value }, done),
    del: (key, done) => record({ type: 'del', key: `${name}~${key}` }, done),
  };
}
