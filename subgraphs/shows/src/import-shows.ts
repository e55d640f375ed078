import { readFile } from 'node:fs/promises';
import { readSettings, SettingsError } from '@marquee/chassis/config/settings';
import { importSettings } from './import/command/import-settings.js';
import { DecodeError, decodeDocument } from './import/command/document-decoder.js';
import { GraphError, sendShows } from './import/command/import-client.js';
import { fetchToken, TokenError } from './import/command/access-token.js';
import { report } from './import/command/import-report.js';

/** `npm run import-shows -- file.json`: exit code 0 when every show is in, 1 otherwise, 78 for a bad environment. */
process.exitCode = await importFile(process.argv[2]);

async function importFile(path: string | undefined): Promise<number> {
  if (path === undefined) return failed('Say which file: npm run import-shows -- file.json');
  try {
    const items = decodeDocument(await readFile(path, 'utf8'));
    const settings = readSettings(importSettings);
    const token = await fetchToken(settings);
    const total = report(process.stdout);
    for await (const result of sendShows(items, settings.GRAPH_URL, token)) total.add(result);
    return total.end();
  } catch (failure) {
    if (failure instanceof SettingsError) return failed(failure.message, 78);
    if (expected(failure)) return failed(failure.message);
    throw failure;
  }
}

function failed(message: string, code = 1): number {
  process.stderr.write(`${message}\n`);
  return code;
}

function expected(failure: unknown): failure is Error {
  return (
    failure instanceof DecodeError ||
    failure instanceof TokenError ||
    failure instanceof GraphError ||
    (failure as NodeJS.ErrnoException).code === 'ENOENT'
  );
}
