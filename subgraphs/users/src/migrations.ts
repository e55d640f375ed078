/** The directory of the migrations, which are applied in the order of their names. */
export const migrations = new URL('../migrations/', import.meta.url);
