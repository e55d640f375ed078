import type { JsonWebKey } from 'node:crypto';
import type { Finding } from '@marquee/local/doctor/examination';
import type { Environment } from '../environments.js';
import { namesOf, schemaNames } from '../names.js';
import type { Aws } from '../secrets/aws.js';
import { readPublishedKeys, readSigningKey } from '../secrets/caller-key.js';
import { readSecret } from '../secrets/secret-values.js';

/** Whether each service with a schema has a role in the database. */
export async function databaseUrls(aws: Aws, environment: Environment): Promise<Finding> {
  const { name } = environment;
  const urls = schemaNames.map(async (schema) => {
    const value = await readSecret(aws, namesOf(environment).secret(`${schema}/database-url`));
    return value?.startsWith('postgres://') ? [] : [schema];
  });
  const missing = (await Promise.all(urls)).flat();
  if (missing.length === 0) return { found: schemaNames.join(', ') };
  return { lack: `no role for ${missing.join(', ')}`, remedy: `npm run secrets -- ${name}` };
}

/** Whether services accept the key with which the gateway signs callers. */
export async function callerKeys(aws: Aws, environment: Environment): Promise<Finding> {
  const { name } = environment;
  const signing = await readSigningKey(aws, environment, 'AWSCURRENT');
  if (!signing) return { lack: 'the gateway has no key to sign callers', remedy: `npm run secrets -- ${name}` };
  const published = await readPublishedKeys(aws, environment);
  if (published.some(({ kid }: JsonWebKey) => kid === signing['kid']))
    return { found: `the gateway signs with ${signing['kid']}; services accept ${published.length}` };
  const remedy = `npm run secrets -- ${name} next-caller-key, restart the subgraphs, then take-caller-key and restart the gateway`;
  return { lack: `services do not accept the signing key ${signing['kid']}`, remedy };
}
