import type { Finding } from '@marquee/local/doctor/examination';
import type { Environment } from '../environments.js';
import { namesOf, serviceNames, subgraphNames } from '../names.js';
import { type Aws, AwsError } from '../secrets/aws.js';

/** Whether each service has an image to run. */
export async function images(aws: Aws, environment: Environment): Promise<Finding> {
  const names = serviceNames.map(namesOf(environment).imageParameter);
  const { Parameters } = await aws<{ Parameters: { Name: string }[] }>('ssm', 'get-parameters', { Names: names });
  const known = Parameters.map(({ Name }) => Name);
  const missing = names.filter((name) => !known.includes(name));
  if (missing.length === 0) return { found: `recorded for ${serviceNames.join(', ')}` };
  const remedy = `npm run push-image -- SERVICE ${environment.name}`;
  return { lack: `no image in ${missing.join(', ')}`, remedy };
}

/** Whether the graphs that the gateway serves are published. */
export async function registry(aws: Aws, environment: Environment): Promise<Finding> {
  const Bucket = namesOf(environment).registryBucket;
  const keys = ['supergraph', 'partner'].map((graph) => `live/${graph}.graphql`);
  const checked = await Promise.all(keys.map(async (key) => ((await hasObject(aws, Bucket, key)) ? [] : [key])));
  const missing = checked.flat();
  if (missing.length === 0) return { found: keys.join(', ') };
  const options = `--registry s3://${Bucket} --unasked 'the services start with this schema'`;
  const remedy = `npm run schema -- publish ${subgraphNames.join(' ')} ${options}`;
  return { lack: `no ${missing.join(', ')}`, remedy };
}

/** Whether as many tasks of each service run as should. */
export async function services(aws: Aws, environment: Environment): Promise<Finding> {
  const input = { cluster: namesOf(environment).cluster, services: serviceNames };
  const { services: found } = await aws<{
    services: { serviceName: string; runningCount: number; desiredCount: number }[];
  }>('ecs', 'describe-services', input);
  const short = serviceNames.filter((name) => {
    const service = found.find(({ serviceName }) => serviceName === name);
    return !service || service.runningCount < Math.max(1, service.desiredCount);
  });
  if (short.length === 0) return { found: `${serviceNames.length} services run all their tasks` };
  const remedy = `npm run deploy -- ${environment.name} ${short.join(' ')}, or the section "tasks-missing" of the runbook`;
  return { lack: `tasks of ${short.join(', ')} are missing`, remedy };
}

async function hasObject(aws: Aws, Bucket: string, Key: string): Promise<boolean> {
  try {
    await aws('s3api', 'head-object', { Bucket, Key });
    return true;
  } catch (failure) {
    if (failure instanceof AwsError && failure.code === '404') return false;
    throw failure;
  }
}
