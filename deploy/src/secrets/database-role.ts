import { randomBytes } from 'node:crypto';
import type { Environment } from '../environments.js';
import { databaseName, namesOf } from '../names.js';
import type { Aws } from './aws.js';

/** The database, and the secret with its administrator's password. */
export interface Cluster {
  DBClusterArn: string;
  Endpoint: string;
  MasterUserSecret: { SecretArn: string };
}

/** Creates a service's role and schema with a new password, and stores the database URL as a secret. */
export async function provisionSchema(aws: Aws, environment: Environment, schema: string): Promise<void> {
  const { password, cluster, store } = await newPassword(aws, environment, schema);
  for (const sql of roleStatements(schema, password)) await runStatement(aws, cluster, sql);
  await store();
}

/**
 * Gives a role a new password. The secret has it first: a service reads the secret when the database refuses the old
 * password, and finds the new one.
 */
export async function rotatePassword(aws: Aws, environment: Environment, schema: string): Promise<void> {
  const { password, cluster, store } = await newPassword(aws, environment, schema);
  await store();
  await runStatement(aws, cluster, passwordStatement(schema, password));
}

async function newPassword(aws: Aws, environment: Environment, schema: string) {
  const { secret } = namesOf(environment);
  const cluster = await findCluster(aws, environment);
  const password = randomBytes(32).toString('hex');
  const store = () =>
    aws('secretsmanager', 'put-secret-value', {
      SecretId: secret(`${schema}/database-url`),
      SecretString: `postgres://${schema}:${password}@${cluster.Endpoint}:5432/${databaseName}?sslmode=verify-full`,
    });
  return { password, cluster, store };
}

/** @throws Error if the environment has no database */
export async function findCluster(aws: Aws, environment: Environment): Promise<Cluster> {
  const DBClusterIdentifier = namesOf(environment).database;
  const { DBClusters } = await aws<{ DBClusters: Cluster[] }>('rds', 'describe-db-clusters', { DBClusterIdentifier });
  const [cluster] = DBClusters;
  if (cluster === undefined) throw new Error(`There is no database ${DBClusterIdentifier}.`);
  return cluster;
}

/** Runs a statement as the administrator, through the RDS Data API. */
export async function runStatement<Answer>(
  aws: Aws,
  { DBClusterArn, MasterUserSecret }: Cluster,
  sql: string,
): Promise<Answer> {
  return aws<Answer>('rds-data', 'execute-statement', {
    resourceArn: DBClusterArn,
    secretArn: MasterUserSecret.SecretArn,
    database: databaseName,
    sql,
  });
}

/**
 * The SQL that creates a role which owns one schema and has no access to others. Extensions belong to the database,
 * which the role may not change. The statements are idempotent.
 */
export function roleStatements(schema: string, password: string): string[] {
  return [
    'create extension if not exists pg_trgm with schema public',
    'revoke create on schema public from public',
    `do $$ begin create role "${schema}" login; exception when duplicate_object then null; end $$`,
    passwordStatement(schema, password),
    // Aurora's administrator is not a superuser, so it can transfer ownership only to roles of which it is a member.
    `grant "${schema}" to current_user`,
    `create schema if not exists "${schema}" authorization "${schema}"`,
  ];
}

function passwordStatement(schema: string, password: string): string {
  return `alter role "${schema}" with login password '${password}'`;
}
