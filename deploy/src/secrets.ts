/** Creates the missing secrets of an environment, or rotates one: `npm run secrets -- prod`. */
import { type Environment, environmentNames, environments, isEnvironmentName } from './environments.js';
import { namesOf, schemaNames } from './names.js';
import { type Aws, openAws } from './secrets/aws.js';
import {
  activateCallerKey,
  createCallerKey,
  readSigningKey,
  retireCallerKey,
  stageCallerKey,
} from './secrets/caller-key.js';
import { provisionSchema, rotatePassword } from './secrets/database-role.js';
import { readSecret } from './secrets/secret-values.js';
import { rotateWebhookKey } from './secrets/webhook-keys.js';

/** A task, which may need an argument. */
type Task = (aws: Aws, environment: Environment, argument?: string) => Promise<void>;

const tasks: Readonly<Record<string, Task>> = {
  missing: createMissing,
  'next-caller-key': stageCallerKey,
  'take-caller-key': activateCallerKey,
  'retire-caller-key': retireCallerKey,
  'next-webhook-key': rotateWebhookKey,
  ...Object.fromEntries(
    schemaNames.map((schema) => [`${schema}-password`, (aws: Aws, to: Environment) => rotatePassword(aws, to, schema)]),
  ),
};

const [name, what = 'missing', argument, ...rest] = process.argv.slice(2);
const task = tasks[what];

try {
  const isComplete = argument === undefined || what === 'retire-caller-key';
  if (!isEnvironmentName(name) || task === undefined || !isComplete || rest.length > 0)
    throw new Error(`Usage: npm run secrets -- ${environmentNames.join('|')} [${Object.keys(tasks).join('|')}] [KID]`);
  await task(await openAws(environments[name]), environments[name], argument);
  process.stdout.write(`${name}: done\n`);
} catch (failure) {
  process.stderr.write(`${(failure as Error).message}\n`);
  process.exitCode = 1;
}

/** Sets the secrets that still have the random value from their creation. */
async function createMissing(aws: Aws, environment: Environment): Promise<void> {
  const { secret } = namesOf(environment);
  for (const schema of schemaNames)
    if (!(await readSecret(aws, secret(`${schema}/database-url`)))?.startsWith('postgres://'))
      await provisionSchema(aws, environment, schema);
  if (!(await readSigningKey(aws, environment, 'AWSCURRENT'))) await createCallerKey(aws, environment);
}
