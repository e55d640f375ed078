import { readText } from './files.mjs';

const migrationFile = /^subgraphs\/(\w+)\/migrations\/(\d+)_\w+\.sql$/;

const concurrently =
  'build it in a migration of its own that begins with "-- transaction: false", by "create index concurrently if not exists"';

/** Statements that build an index and block the writes to the table meanwhile. The second group is the table. */
const blocking = [
  [/create\s+(unique\s+)?index\s+(?!concurrently)[^;]*?\son\s+(?:only\s+)?(\w+)/gi, concurrently],
  [
    /alter\s+table\s+(if\s+exists\s+)?(\w+)(?=[^;]*?\sadd\s+(?:constraint\s+\w+\s+)?(?:unique|primary\s+key|exclude)\b(?!\s+using\s+index))/gi,
    `${concurrently}, then add the constraint "using index"`,
  ],
];

/**
 * A migration does not block the writes to an existing table while it builds an index. Migrations of the time before the
 * first release are exempt: they only run in new schemas.
 */
export function checkMigrations({ root, files, lastMigrations }) {
  return files.flatMap((file) => {
    const [, service, number] = migrationFile.exec(file) ?? [];
    if (service === undefined || Number(number) <= (lastMigrations[service] ?? 0)) return [];
    return problemsOf(file, readText(root, file));
  });
}

function problemsOf(file, text) {
  const sql = text.replaceAll(/--.*$/gm, (comment) => ' '.repeat(comment.length));
  const created = new Set(
    [...sql.matchAll(/create\s+table\s+(?:if\s+not\s+exists\s+)?(\w+)/gi)].map(([, name]) => name),
  );
  const found = blocking.flatMap(([pattern, instead]) =>
    [...sql.matchAll(pattern)]
      .filter(([, , table]) => !created.has(table))
      .map(({ index, 0: match }) => ({ index, match, instead })),
  );
  return found.map(({ index, match, instead }) => ({
    file,
    line: sql.slice(0, index).split('\n').length,
    text: match.replaceAll(/\s+/g, ' '),
    instead,
  }));
}
