/** Creates the missing secrets of an environment, or rotates one: `npm run secrets -- prod`. */
import { type Environment, environmentNames, environments, isEnvironmentName } from './environments.js';
import { namesOf, schemaNames } from './names.js';
import { type Aws, openAws } from './secrets/aws.js';
import { createCallerKey, stageCallerKey, activateCallerKey } from './secrets/caller-key.js';
import { provisionSchema, rotatePassword } from './secrets/database-role.js';

type Task = (aws: Aws, environment: Environment) => Promise<void>;

const tasks: Readonly<Record<string, Task>> = {
  missing: createMissing,
  'next-caller-key': stageCallerKey,
  'take-caller-key': activateCallerKey,
  ...Object.fromEntries(
    schemaNames.map((schema) => [`${schema}-password`, (aws: Aws, to: Environment) => rotatePassword(aws, to, schema)]),
  ),
};

const [name, what = 'missing', ...rest] = process.argv.slice(2);
const task = tasks[what];

try {
  if (!isEnvironmentName(name) || task === undefined || rest.length > 0)
    throw new Error(`Usage: npm run secrets -- ${environmentNames.join('|')} [${Object.keys(tasks).join('|')}]`);
  await task(await openAws(environments[name]), environments[name]);
  process.stdout.write(`${name}: done\n`);
} catch (failure) {
  process.stderr.write(`${(failure as Error).message}\n`);
  process.exitCode = 1;
}

async function createMissing(aws: Aws, environment: Environment): Promise<void> {
  const { secret } = namesOf(environment);
  for (const schema of schemaNames)
    if (!(await hasValue(aws, secret(`${schema}/database-url`), 'postgres://')))
      await provisionSchema(aws, environment, schema);
  if (!(await hasValue(aws, secret('gateway/caller-signing-key'), '{'))) await createCallerKey(aws, environment);
}

/** Whether the secret has been set. Until then it contains the random value from its creation. */
async function hasValue(aws: Aws, SecretId: string, prefix: string): Promise<boolean> {
  const { SecretString } = await aws<{ SecretString: string }>('secretsmanager', 'get-secret-value', { SecretId });
  return SecretString.startsWith(prefix);
}
