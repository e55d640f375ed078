/** The folder of SQL migrations. They are applied in the order of their file names. */
export const migrations = new URL('../migrations/', import.meta.url);
