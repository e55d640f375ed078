import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const program = fileURLToPath(new URL('../main.mjs', import.meta.url));
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'marquee-lint-'));
});

afterEach(() => rmSync(root, { recursive: true }));

describe('the phrase check', () => {
  test('reports flagged phrases with file, line and hint', () => {
    const flagged = {
      'chassis/src/comment.ts': ["const url = 'https://a';\n// Tells the caller.\n", ':2 "Tells"'],
      'chassis/src/doc.ts': ['/**\n * A caller.\n * Who asks.\n */\nf();\n', ':1 ". Who"'],
      'chassis/test/title.test.ts': ["test('a client is told', () => 0);\n", ':1 "told"'],
      'chassis/test/each.test.ts': ["test.each([1])('%s, besides', () => 0);\n", ':1 "besides"'],
      'chassis/src/message.ts': ["throw new Error('There is no role of what it needs.');\n", ':1 "of what"'],
      'README.md': ['One.\n\nWhat is there is listed.\n', ':3 "What is"'],
      'schema/api.graphql': ['type A {\n  "For whom."\n  a: Int\n}\n', ':2 "For whom"'],
      '.github/workflows/ci.yml': ['on: push # so many\n', ':1 "so many"'],
    };
    for (const [file, [content = '']] of Object.entries(flagged)) write(file, content);
    const { status, output } = lint('phrases');
    for (const [file, [, problem]] of Object.entries(flagged)) expect(output).toContain(`${file}${problem}\n`);
    expect(output.match(/^ {4}instead: .+$/gm)).toHaveLength(8);
    expect(output).toContain('phrases: 8 problems\n');
    expect(status).toBe(1);
  });

  test('accepts code, code spans and relative clauses with a noun', () => {
    write('chassis/src/a.ts', "const a = 'besides // so';\nconst b = /tells//1;\n");
    write('a.md', '```sh\nwhat is\n```\n\n`besides` is a word.\n');
    write('b.md', 'The caller who asks, and a socket whose user left.\n');
    expect(lint('phrases')).toEqual({ status: 0, output: '' });
  });
});

test('the description check reports every element of the public schema without a description', () => {
  const described = '"An enum."\nenum Described {\n  "A value."\n  A\n}\n';
  write('schema/api.graphql', `${described}type T {\n  f(a: Int): Int\n}\nenum E {\n  A\n}\ninput I {\n  i: Int\n}\n`);
  const { output } = lint('descriptions');
  const places = [...output.matchAll(/api\.graphql:(\d+)\n {4}(\S+)/g)].map(([, line, name]) => `${line} ${name}`);
  expect(places).toEqual(['6 T', '7 T.f', '7 T.f(a)', '9 E', '10 E.A', '12 I', '13 I.i']);
});

test('the file name check reports names that repeat within a package, except entry points', () => {
  for (const folder of ['chassis', 'gateway']) write(`${folder}/package.json`, '{}');
  for (const file of ['chassis/src/a/live.ts', 'chassis/src/b/live.ts', 'gateway/src/live.ts']) write(file, '');
  for (const file of ['chassis/src/main.ts', 'chassis/src/a/main.ts']) write(file, '');
  const { output } = lint('file-names');
  expect(output).toContain('same name as chassis/src/b/live.ts');
  expect(output).toContain('file-names: 1 problem');
});

describe('the check of migrations', () => {
  test('reports indexes that block the writes to an existing table, also those of constraints', () => {
    write('subgraphs/jobs/migrations/0041_old.sql', 'create index a on jobs (id);');
    write('subgraphs/jobs/migrations/0044_new.sql', '-- A comment.\ncreate unique index b\n  on jobs (id);');
    write(
      'subgraphs/shows/migrations/0001_key.sql',
      'alter table shows add column a int, add constraint c unique (a);',
    );
    const { status, output } = lint('migrations');
    expect(output.match(/^\S+:\d+$/gm)).toEqual([
      'subgraphs/jobs/migrations/0044_new.sql:2',
      'subgraphs/shows/migrations/0001_key.sql:1',
    ]);
    expect(status).toBe(1);
  });

  test('accepts indexes of new tables, those that are built concurrently, and constraints that use one', () => {
    write('subgraphs/jobs/migrations/0044_table.sql', 'create table a (id int);\ncreate index b on a (id);');
    write(
      'subgraphs/jobs/migrations/0045_index.sql',
      '-- transaction: false\ncreate index concurrently if not exists c on jobs (id);',
    );
    write(
      'subgraphs/jobs/migrations/0046_key.sql',
      'alter table jobs add constraint d unique using index c;\nalter table jobs add column e int;',
    );
    expect(lint('migrations')).toEqual({ status: 0, output: '' });
  });
});

describe('the check of commit subjects', () => {
  test('reports subjects of more than 72 characters', async () => {
    const { checkCommitSubjects } = await import(new URL('../check-commit-subjects.mjs', import.meta.url).href);
    git('init', '--quiet');
    for (const subject of ['first', 'a'.repeat(72), 'b'.repeat(73)]) commit(subject);
    const problems = checkCommitSubjects({ root, since: 'HEAD~2', skip: () => undefined });
    expect(problems.map(({ text }: { text: string }) => text)).toEqual(['b'.repeat(73)]);
  });

  test('is skipped with a reason where the history is missing', () => {
    const { status, output } = lint('commit-subjects');
    expect(output).toMatch(/^skipped commit subjects: there is no git history back to [0-9a-f]{7}\n$/);
    expect(status).toBe(0);
  });
});

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: root });
}

function commit(subject: string): void {
  git('commit', '--quiet', '--allow-empty', `--message=${subject}`);
}

function write(file: string, content: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
}

function lint(check: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, check], { cwd: root, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}
