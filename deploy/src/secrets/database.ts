import { randomBytes } from 'node:crypto';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import { databaseName } from '../stacks/data/database.js';
import type { Aws } from './aws.js';

interface Cluster {
  DBClusterArn: string;
  Endpoint: string;
  MasterUserSecret: { SecretArn: string };
}

/** Gives a service its role and its schema, and writes the address down that it connects to. */
export async function provisionSchema(aws: Aws, environment: Environment, schema: string): Promise<void> {
  const { database, secret } = namesOf(environment);
  const { DBClusters } = await aws<{ DBClusters: Cluster[] }>('rds', 'describe-db-clusters', {
    DBClusterIdentifier: database,
  });
  const [cluster] = DBClusters;
  if (cluster === undefined) throw new Error(`There is no database ${database}.`);
  const password = randomBytes(32).toString('hex');
  for (const sql of roleStatements(schema, password))
    await aws('rds-data', 'execute-statement', {
      resourceArn: cluster.DBClusterArn,
      secretArn: cluster.MasterUserSecret.SecretArn,
      database: databaseName,
      sql,
    });
  await aws('secretsmanager', 'put-secret-value', {
    SecretId: secret(`${schema}/database-url`),
    SecretString: `postgres://${schema}:${password}@${cluster.Endpoint}:5432/${databaseName}?sslmode=verify-full`,
  });
}

/**
 * A role that owns one schema and reaches no other. Extensions belong to the database, which it may not change. Said
 * twice they do no harm.
 */
export function roleStatements(schema: string, password: string): string[] {
  return [
    'create extension if not exists pg_trgm with schema public',
    'revoke create on schema public from public',
    `do $$ begin create role "${schema}" login; exception when duplicate_object then null; end $$`,
    `alter role "${schema}" with login password '${password}'`,
    // The administrator of Aurora is no superuser: it gives away only to roles that it belongs to.
    `grant "${schema}" to current_user`,
    `create schema if not exists "${schema}" authorization "${schema}"`,
  ];
}
