import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { errorCodes } from '@marquee/chassis/errors/errors';
import { CloseCode } from 'graphql-ws';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('schema/errors.md', root), 'utf8');
const sources = ['chassis/src/', 'gateway/src/', 'subgraphs/']
  .flatMap(filesBelow)
  .map((file) => readFileSync(new URL(file, root), 'utf8'));

/** Codes of errors that are masked: clients see them as INTERNAL. */
const masked = ['INVALID_GRAPHQL'];

/** The close code that `ws` sends on its own. */
const librarySent = [1009];

describe('the page schema/errors.md', () => {
  test('lists exactly the error codes of the sources', () => {
    const emitted = matches(/extensions: \{[^}]*?\bcode: '([A-Z_]+)'/g);
    const codes = new Set([...errorCodes, ...emitted.filter((code) => !masked.includes(code))]);
    expect(documented('Codes').toSorted()).toEqual([...codes].toSorted());
  });

  test('states the HTTP status of each code', () => {
    const [, table = ''] = /\bstatuses\b[^{]*\{([^}]*)\}/.exec(sourceWith('const statuses')) ?? [];
    const statuses = [...table.matchAll(/([A-Z_]+): (\d+)/g)].map(([, code, status]) => ({ code, status }));
    expect(statuses.length).toBeGreaterThan(3);
    for (const { code, status } of statuses)
      expect(page).toMatch(new RegExp(`^\\| \`${code}\` +\\| [^|]*\\b${status}\\b`, 'm'));
  });

  test('lists exactly the extensions that clients can read', () => {
    const [, list = ''] = /publicExtensions = \[([^\]]*)\]/.exec(sourceWith('publicExtensions')) ?? [];
    const names = [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name);
    expect(documented('Extensions').toSorted()).toEqual(['code', ...names].toSorted());
  });

  test('lists exactly the close codes of the sources and their libraries', () => {
    const named = matches(/\bCloseCode\.(\w+)/g).map((name) => CloseCode[name as keyof typeof CloseCode]);
    const [, table = ''] = /closeCodes = \{([^]*?)\n\}/.exec(sourceWith('closeCodes =')) ?? [];
    const numeric = [
      ...table.matchAll(/: (\d{4}),/g),
      ...sources.join('\n').matchAll(/(?:\.close\(|const tryAgainLater = )(\d{4})/g),
    ];
    const sent = new Set([...named, ...numeric.map(([, code]) => Number(code)), ...librarySent]);
    expect(documented('WebSocket close codes').map(Number)).toEqual([...sent].toSorted());
  });
});

/** The first column of the table below a heading. */
function documented(heading: string): string[] {
  const [, section = ''] = new RegExp(`^## ${heading}\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(page) ?? [];
  const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.map((row) => /\w+/.exec(row)?.[0] ?? '');
}

function matches(pattern: RegExp): string[] {
  return sources.flatMap((source) => [...source.matchAll(pattern)].map(([, found = '']) => found));
}

function sourceWith(text: string): string {
  return sources.find((source) => source.includes(text)) ?? '';
}

function filesBelow(folder: string): string[] {
  const names = readdirSync(new URL(folder, root), { recursive: true }) as string[];
  return names
    .filter((name) => name.endsWith('.ts') && !/(^|\/)(dist|test|node_modules)\//.test(name))
    .map((name) => folder + name);
}
