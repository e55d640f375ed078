import { join } from 'node:path';
import type { Variables } from '@marquee/chassis/config/settings';
import { databaseUrl } from '../stores/postgres/databases.js';
import type { Instance, ProcessName } from './instance.js';
import type { Program } from './program.js';
import { callerKeys, mediaIdKey, password } from './secrets.js';

/** A service of the graph and the store that it keeps its data in. */
interface Subgraph {
  name: ProcessName;
  store: 'postgres' | 'dynamodb';
  /** What it has to do with media: it keeps the files, or it only checks whose an id is. */
  media?: 'keeps' | 'checks';
}

/** The services that run; a new one is a line here. */
export const subgraphs: readonly Subgraph[] = [
  { name: 'users', store: 'postgres', media: 'keeps' },
  { name: 'jobs', store: 'postgres', media: 'checks' },
  { name: 'messaging', store: 'dynamodb' },
  { name: 'shows', store: 'dynamodb' },
];

/** Where the gateway finds a service of this copy. */
export function subgraphUrl(copy: Instance, name: ProcessName): string {
  return `http://127.0.0.1:${copy.ports[name]}/graphql`;
}

/** A service as a program of this copy. */
export function subgraphProgram({ name, store, media }: Subgraph, copy: Instance, common: Variables): Program {
  return {
    name,
    port: copy.ports[name],
    script: `subgraphs/${name}/dist/main.js`,
    readyPath: '/ready',
    environment: {
      ...common,
      PORT: String(copy.ports[name]),
      CALLER_KEYS: callerKeys(copy.secrets),
      SEED: 'true',
      ...(store === 'postgres' ? postgresVariables(copy, name) : dynamodbVariables(copy, name)),
      ...(media && { MEDIA_ID_KEY: mediaIdKey(copy.secrets) }),
      ...(media === 'keeps' && directoryVariables(copy, name)),
    },
  };
}

/** How a service reaches its schema of this copy's database. */
export function postgresVariables(
  { ports, secrets }: Pick<Instance, 'ports' | 'secrets'>,
  name: ProcessName,
): Variables {
  return {
    DATABASE_URL: databaseUrl(ports.postgres, name, password(secrets, `postgres ${name}`)),
    DATABASE_SCHEMA: name,
  };
}

function dynamodbVariables({ ports }: Instance, name: ProcessName): Variables {
  return {
    TABLE_NAME: `${name}-local`,
    AWS_REGION: 'eu-central-1',
    DYNAMODB_ENDPOINT: `http://127.0.0.1:${ports.dynamodb}`,
    CREATE_TABLE: 'true',
  };
}

/** Files are kept beside the other data; their links work on this machine. */
function directoryVariables({ directory, ports }: Instance, name: ProcessName): Variables {
  return {
    MEDIA_STORAGE: 'directory',
    MEDIA_DIRECTORY: join(directory, 'media'),
    MEDIA_UPLOAD_URL: `http://localhost:${ports[name]}`,
  };
}
