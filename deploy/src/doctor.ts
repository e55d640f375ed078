/**
 * Lists the requirements that an environment does not meet yet, each with its remedy: `npm run doctor -- prod`, or
 * `npm run doctor -- local` for the embedded run. `npm run doctor -- prod graph` needs no credentials: it examines the
 * graph as a guest. The exit code is 0 if all requirements are met.
 */
import { readSettings } from '@marquee/chassis/config/settings';
import { launcherSettings } from '@marquee/local/config';
import { type Check, examine } from '@marquee/local/doctor/examination';
import { graphChecks } from '@marquee/local/doctor/graph-checks';
import { localChecks } from '@marquee/local/doctor/local-checks';
import { environmentChecks } from './doctor/environment-checks.js';
import { environmentNames, environments, isEnvironmentName } from './environments.js';
import { graphHost } from './names.js';
import { openAws } from './secrets/aws.js';

const [name, part, ...rest] = process.argv.slice(2);

try {
  if (rest.length > 0 || (part !== undefined && part !== 'graph')) throw usage();
  const lacks = await examine(await checksOf(name), (line) => void process.stdout.write(`${line}\n`));
  process.exitCode = lacks === 0 ? 0 : 1;
} catch (failure) {
  process.stderr.write(`${(failure as Error).message}\n`);
  process.exitCode = 1;
}

async function checksOf(name: string | undefined): Promise<Check[]> {
  if (name === 'local') return localChecks(readSettings(launcherSettings));
  if (!isEnvironmentName(name)) throw usage();
  if (part === 'graph') return graphChecks(`https://${graphHost(environments[name])}`);
  return environmentChecks(await openAws(environments[name]), environments[name]);
}

function usage(): Error {
  return new Error(`Usage: npm run doctor -- ${['local', ...environmentNames].join('|')} [graph]`);
}
