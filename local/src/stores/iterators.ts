import type { LevelIterator, Store } from './dynalite.js';

/**
 * Closes what dynalite reads when it has read it. dynalite ends its iterators by `return`, which those of LevelDB do not
 * have: each would be held until the end of the process, and the data as it was then with it.
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
