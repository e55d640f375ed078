/**
 * Lists the requirements that an environment does not meet yet, each with its remedy: `npm run doctor -- prod`, or
 * `npm run doctor -- local` for the embedded run. The exit code is 0 if it meets all of them.
 */
import { readSettings } from '@marquee/chassis/config/settings';
import { launcherSettings } from '@marquee/local/config';
import { type Check, examine } from '@marquee/local/doctor/examination';
import { localChecks } from '@marquee/local/doctor/local-checks';
import { environmentChecks } from './doctor/environment-checks.js';
import { environmentNames, environments, isEnvironmentName } from './environments.js';
import { openAws } from './secrets/aws.js';

const [name, ...rest] = process.argv.slice(2);

try {
  if (rest.length > 0) throw usage();
  const lacks = await examine(await checksOf(name), (line) => void process.stdout.write(`${line}\n`));
  process.exitCode = lacks === 0 ? 0 : 1;
} catch (failure) {
  process.stderr.write(`${(failure as Error).message}\n`);
  process.exitCode = 1;
}

async function checksOf(name: string | undefined): Promise<Check[]> {
  if (name === 'local') return localChecks(readSettings(launcherSettings));
  if (!isEnvironmentName(name)) throw usage();
  return environmentChecks(await openAws(environments[name]), environments[name]);
}

function usage(): Error {
  return new Error(`Usage: npm run doctor -- ${['local', ...environmentNames].join('|')}`);
}
