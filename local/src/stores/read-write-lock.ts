/** Lets any number work at once, or one alone; in the order in which they came. */
export interface ReadWriteLock {
  shared<Result>(work: () => Promise<Result>): Promise<Result>;
  exclusive<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function readWriteLock(): ReadWriteLock {
  let lastAlone: Promise<unknown> = Promise.resolve();
  const sharing = new Set<Promise<unknown>>();
  return {
    shared(work) {
      const running = lastAlone.then(work);
      const ended = settled(running);
      sharing.add(ended);
      void ended.then(() => sharing.delete(ended));
      return running;
    },
    exclusive(work) {
      const running = Promise.all([lastAlone, ...sharing]).then(work);
      lastAlone = settled(running);
      return running;
    },
  };
}

async function settled(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
