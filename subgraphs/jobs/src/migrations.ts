/** The files whose order is the history of the schema. */
export const migrations = new URL('../migrations/', import.meta.url);
