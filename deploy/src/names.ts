import { subgraphs } from '@marquee/schema/services';
import { delivery, type Environment, type EnvironmentName } from './environments.js';

/** The services behind the gateway. */
export const subgraphNames: readonly string[] = subgraphs.map(({ name }) => name);

/** Every service, including the gateway. */
export const serviceNames: readonly string[] = [...subgraphNames, 'gateway'];

/** The services with a Postgres schema, which has the name of its service. */
export const schemaNames: readonly string[] = subgraphs.flatMap(({ name, store }) =>
  store === 'postgres' ? name : [],
);

/** The services with a DynamoDB table. */
export const tableNames: readonly string[] = subgraphs.flatMap(({ name, store }) => (store === 'dynamodb' ? name : []));

/** The database with the schemas of all services. */
export const databaseName = 'marquee';

/** The port of every container. */
export const servicePort = 4000;

/**
 * The names that templates, workflows and the runbook share. Stacks refer to each other's resources by these names
 * instead of by exports, because a stack cannot change an export that another one imports.
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
    alarmTopic: `${prefix}-alarms`,
    siteBucket: `${prefix}-site-${account}`,
    mediaBucket: `${prefix}-media-${account}`,
    mediaFunction: `${prefix}-media`,
    mediaDeadLetters: `${prefix}-media-dead-letters`,
    publisher: `${prefix}-publisher`,
    registryBucket: `${prefix}-registry-${account}`,
    callerKeysParameter: `/marquee/${name}/caller-keys`,
    secret: (what: string) => `marquee/${name}/${what}`,
    logGroup: (what: string) => `/marquee/${name}/${what}`,
    metrics: `Marquee/${name}`,
    ...namesOfServices(name, prefix),
  };
}

/** The names of the resources of each service. */
function namesOfServices(name: string, prefix: string) {
  return {
    table: (service: string) => `${service}-${name}`,
    family: (service: string) => `${prefix}-${service}`,
    migrationFamily: (service: string) => `${prefix}-${service}-migrate`,
    taskRole: (service: string) => `${prefix}-${service}-task`,
    executionRole: (service: string) => `${prefix}-${service}-execution`,
    deployRole: (service: string) => `${prefix}-${service}-deploy`,
    stageRole: (service: string) => `${prefix}-${service}-stage`,
    imageParameter: (service: string) => `/marquee/${name}/${service}/image`,
    definitionParameter: (service: string) => `/marquee/${name}/${service}/definition`,
    migrationParameter: (service: string) => `/marquee/${name}/${service}/migration`,
    releaseParameter: (service: string) => `/marquee/${name}/${service}/release`,
  };
}

/** The public host name of the gateway. */
export function graphHost({ zone }: Pick<Environment, 'zone'>): string {
  return `graph.${zone.name}`;
}

/** The host name of the front end. */
export function siteHost({ zone }: Pick<Environment, 'zone'>): string {
  return `app.${zone.name}`;
}

/** The sender of all emails. */
export function mailSender({ zone }: Pick<Environment, 'zone'>): string {
  return `no-reply@${zone.name}`;
}

/** All environments share an image's repository, so that they deploy the image that was tested. */
export function imageRepository(service: string): string {
  return `marquee/${service}`;
}

/** The images of branches: a pull request cannot push one that main would take for its own. */
export function branchImageRepository(service: string): string {
  return `marquee/branches/${service}`;
}

export function buildRole(service: string): string {
  return `marquee-build-${service}`;
}

export function branchBuildRole(service: string): string {
  return `marquee-branch-build-${service}`;
}

/** The subject of a workflow's OIDC token, for one repository, GitHub environment and branch. */
export function workflowSubject(environment: EnvironmentName | 'build'): string {
  return `repo:${delivery.repository}:environment:${environment}:ref:refs/heads/${delivery.branch}`;
}

/** The subjects of the jobs of pull requests in the GitHub environment `staging`. Those of forks get no tokens. */
export const branchSubject = `repo:${delivery.repository}:environment:staging:ref:refs/pull/*/merge`;
