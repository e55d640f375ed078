/** Texts in which a flagged phrase is right: the file, a part of the text, and the reason. Unused entries are reported. */
export const phraseExceptions = [
  ['local/src/stores/postgres/postgres-account.ts', 'no account "postgres" or "nobody"', 'a name of a system account'],
  ['subgraphs/users/src/people/handle-rules.ts', 'everyone', 'a list of reserved handles'],
];

/** File names that may repeat within a package: a pattern for the path inside the package, and the reason. */
export const fileNameExceptions = [[/(^|\/)main\.ts$/, 'the entry point of a process']];

/** The number of the last migration of a service before the first release. Until then each ran in a new schema only. */
export const lastMigrations = { users: 42, jobs: 41 };
