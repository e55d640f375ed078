import { readFile } from 'node:fs/promises';
import { describeSettings, type SettingDoc, settingsTable } from '@marquee/chassis/config/settings-docs';
import type { Service } from '@marquee/chassis/process/run-service';
import { gatewaySettings } from '@marquee/gateway/config';
import { subgraphs } from '@marquee/schema/services';
import { importSettings } from '@marquee/shows/import/command/import-settings';
import type { z } from 'zod';
import {
  clientSettings,
  crowdSettings,
  dynamodbSettings,
  eventEmulatorSettings,
  issuerSettings,
  launcherSettings,
} from '../config.js';

/** A README and the variables of the programs that it documents. */
export interface SettingsReadme {
  path: string;
  programs: readonly SettingsProgram[];
}

export interface SettingsProgram {
  /** Printed above the table; the service itself has none. */
  title?: string;
  settings: readonly SettingDoc[];
}

const root = new URL('../../../', import.meta.url);
const block = /(?<=<!-- settings -->\n)[^]*?(?=<!-- \/settings -->)/;

/** Every README with a table of variables. */
export async function settingsReadmes(): Promise<SettingsReadme[]> {
  const services = await Promise.all(
    subgraphs.map(async ({ name }) => {
      const { service } = (await import(`@marquee/${name}/service`)) as { service: Service<never> };
      const more = name === 'shows' ? [program(importSettings, 'The command `npm run import-shows`')] : [];
      return { path: `subgraphs/${name}/README.md`, programs: [program(service.settings), ...more] };
    }),
  );
  const local = [
    program(launcherSettings, 'The embedded run, `npm start`'),
    program(issuerSettings, 'The token issuer'),
    program(dynamodbSettings, 'The DynamoDB emulator'),
    program(eventEmulatorSettings, 'The emulator of SNS and SQS'),
    program(crowdSettings, 'The subscriber test, `npm run crowd`'),
    program(clientSettings, 'The test of client libraries, `local/test/clients`'),
  ];
  return [
    { path: 'gateway/README.md', programs: [program(gatewaySettings)] },
    ...services,
    { path: 'local/README.md', programs: local },
  ];
}

/**
 * The text of a README as it is, and with up-to-date tables between its markers.
 * @throws when the README or its markers are missing
 */
export async function readmeWithTables({ path, programs }: SettingsReadme): Promise<{ before: string; after: string }> {
  const before = await readFile(new URL(path, root), 'utf8');
  if (!block.test(before)) throw new Error(`${path} has no <!-- settings --> and <!-- /settings -->`);
  const tables = programs.map(({ title, settings }) => `${title ? `${title}:\n\n` : ''}${settingsTable(settings)}\n\n`);
  return { before, after: before.replace(block, () => `\n${tables.join('')}`) };
}

/** The location of a README on this machine. */
export function readmeUrl({ path }: SettingsReadme): URL {
  return new URL(path, root);
}

function program(settings: z.ZodType, title?: string): SettingsProgram {
  return { settings: describeSettings(settings), ...(title && { title }) };
}
