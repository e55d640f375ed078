import type { Store } from './dynalite.js';

/**
 * Reads single items in the thread of the store. LevelDB finds them in memory within microseconds, while another thread
 * and a promise for each cost more than all the rest of a request: dynalite reads the table and the item of every key.
 */
export function readItemsSynchronously({ db }: Store): void {
  const get = db.get.bind(db);
  db.get = (key, done) => {
    // LevelDB repeats reads without a callback once it is open.
    if (typeof done !== 'function') return get(key, done);
    let value: unknown;
    try {
      value = db.getSync(key);
    } catch {
      // Not open, or an item that cannot be decoded: dynalite handles these errors.
      return get(key, done);
    }
    return setImmediate(done, null, value);
  };
}
