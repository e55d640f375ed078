import type { LevelIterator, Store } from './dynalite.js';

/**
 * Closes LevelDB iterators after use. dynalite ends iterators with `return`, which those of LevelDB lack, so each iterator
 * and its snapshot of the data would be kept until the process exits.
 */
export function closeIteratorsAfterUse({ db }: Store): void {
  db.keys = closing(db.keys.bind(db));
  db.values = closing(db.values.bind(db));
}

function closing(open: (options: object) => LevelIterator): (options: object) => LevelIterator {
  return (options) => {
    const iterator = open(options);
    iterator.return = () => iterator.close();
    return iterator;
  };
}
