import { readFile } from 'node:fs/promises';
import { readSettings, SettingsError } from '@marquee/chassis/config/settings';
import { importSettings } from './import/command/import-settings.js';
import { DecodeError, decodeDocument } from './import/command/document-decoder.js';
import { GraphError, sendShows } from './import/command/import-client.js';
import { fetchToken, TokenError } from './import/command/access-token.js';
import { createReport } from './import/command/import-report.js';

/** `npm run import-shows -- file.json`. Exit code: 0 if no show is invalid, 1 otherwise, 78 for invalid settings. */
process.exitCode = await importFile(process.argv[2]);

async function importFile(path: string | undefined): Promise<number> {
  if (path === undefined) return fail('Usage: npm run import-shows -- <file.json>');
  try {
    const items = decodeDocument(await readFile(path, 'utf8'));
    const settings = readSettings(importSettings);
    const token = await fetchToken(settings);
    const report = createReport(process.stdout);
    for await (const result of sendShows(items, settings.GRAPH_URL, token)) report.add(result);
    return report.end();
  } catch (failure) {
    if (failure instanceof SettingsError) return fail(failure.message, 78);
    if (isExpected(failure)) return fail(failure.message);
    throw failure;
  }
}

function fail(message: string, code = 1): number {
  process.stderr.write(`${message}\n`);
  return code;
}

function isExpected(failure: unknown): failure is Error {
  return (
    failure instanceof DecodeError ||
    failure instanceof TokenError ||
    failure instanceof GraphError ||
    (failure as NodeJS.ErrnoException).code === 'ENOENT'
  );
}
