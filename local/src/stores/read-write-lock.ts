/** A fair lock: either any number of shared holders or one exclusive holder, in the order of their requests. */
export interface ReadWriteLock {
  shared<Result>(work: () => Promise<Result>): Promise<Result>;
  exclusive<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function readWriteLock(): ReadWriteLock {
  let lastExclusive: Promise<unknown> = Promise.resolve();
  const sharing = new Set<Promise<unknown>>();
  return {
    shared(work) {
      const running = lastExclusive.then(work);
      const ended = settled(running);
      sharing.add(ended);
      void ended.then(() => sharing.delete(ended));
      return running;
    },
    exclusive(work) {
      const running = Promise.all([lastExclusive, ...sharing]).then(work);
      lastExclusive = settled(running);
      return running;
    },
  };
}

async function settled(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
