import { delivery, type Environment, type EnvironmentName } from './environments.js';

export const subgraphNames = ['users', 'jobs', 'messaging', 'shows'] as const;

export const serviceNames = [...subgraphNames, 'gateway'] as const;

export type SubgraphName = (typeof subgraphNames)[number];

export type ServiceName = (typeof serviceNames)[number];

/** The services that keep their rows in the database, each in a schema of its own name. */
export const schemaNames = ['users', 'jobs'] as const;

export type SchemaName = (typeof schemaNames)[number];

/** What every container listens on. */
export const servicePort = 4000;

/**
 * Names that are the same in the templates, in the workflows and in the commands of the runbook. What has such a name
 * is referred to by it: a stack then exports nothing that would keep another one from changing.
 */
export function namesOf({ name, account }: Pick<Environment, 'name' | 'account'>) {
  const prefix = `marquee-${name}`;
  return {
    prefix,
    stack: (part: string) => `${prefix}-${part}`,
    cluster: prefix,
    database: prefix,
    bus: prefix,
    webAcl: prefix,
    table: (service: 'messaging' | 'shows') => `${service}-${name}`,
    mediaBucket: `${prefix}-media-${account}`,
    mediaFunction: `${prefix}-media`,
    mediaDeadLetters: `${prefix}-media-dead-letters`,
    registryBucket: `${prefix}-registry-${account}`,
    family: (service: ServiceName) => `${prefix}-${service}`,
    migrationFamily: (service: SchemaName) => `${prefix}-${service}-migrate`,
    taskRole: (service: ServiceName) => `${prefix}-${service}-task`,
    executionRole: (service: ServiceName) => `${prefix}-${service}-execution`,
    deployRole: (service: ServiceName) => `${prefix}-${service}-deploy`,
    imageParameter: (service: ServiceName) => `/marquee/${name}/${service}/image`,
    callerKeysParameter: `/marquee/${name}/caller-keys`,
    secret: (what: string) => `marquee/${name}/${what}`,
    logGroup: (what: string) => `/marquee/${name}/${what}`,
    metrics: `Marquee/${name}`,
  };
}

/** An image's repository is one for all environments: what was tested is what is deployed. */
export function imageRepository(service: ServiceName): string {
  return `marquee/${service}`;
}

export function buildRole(service: ServiceName): string {
  return `marquee-build-${service}`;
}

/** Who a workflow is for AWS: this repository, in this environment of GitHub, on this branch, and nobody else. */
export function workflowSubject(environment: EnvironmentName | 'build'): string {
  return `repo:${delivery.repository}:environment:${environment}:ref:refs/heads/${delivery.branch}`;
}
