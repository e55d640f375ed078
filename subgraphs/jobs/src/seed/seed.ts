import type { Store } from '../store/store.js';

/** Fills what is empty with an example world; what is there stays as it is. */
export async function seed(_store: Store): Promise<void> {}
