import type { Example } from './example-operations.js';

/** The example that the first screen runs. */
export function firstQuery(examples: readonly Example[]): Example | undefined {
  return examples.find(({ kind }) => kind === 'query');
}
