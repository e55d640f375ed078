import { join } from 'node:path';
import type { Variables } from '@marquee/chassis/config/settings';
import { emulatedEventVariables } from '@marquee/schema/event-channels';
import type { Subgraph } from '@marquee/schema/services';
import { databaseUrl } from '../stores/postgres/databases.js';
import { type Instance, portOf } from './instance.js';
import type { Program } from './program.js';
import { callerKeys, mailLinkKey, mediaIdKey, password, webhookKey } from './secrets.js';

/** The URL at which the gateway of this instance reaches a service. */
export function subgraphUrl({ ports }: Pick<Instance, 'ports'>, name: string): string {
  return `http://127.0.0.1:${portOf(ports, name)}/graphql`;
}

/** A service as a program of this instance. */
export function subgraphProgram(subgraph: Subgraph, instance: Instance, common: Variables): Program {
  const { name, media, mail, webhooks } = subgraph;
  const port = portOf(instance.ports, name);
  return {
    name,
    port,
    script: `subgraphs/${name}/dist/main.js`,
    readyPath: '/ready',
    healthPath: '/health',
    environment: {
      ...common,
      PORT: String(port),
      CALLER_KEYS: callerKeys(instance.secrets),
      SEED: 'true',
      ...eventVariables(instance, subgraph),
      ...storeVariables(instance, subgraph),
      ...(media && { MEDIA_ID_KEY: mediaIdKey(instance.secrets) }),
      ...(media === 'stores' && { ...mediaVariables(instance, port), ...signInVariables(instance) }),
      ...(mail && mailVariables(instance)),
      ...(webhooks && { WEBHOOK_KEYS: webhookKey(instance.secrets), WEBHOOK_ALLOW_LOOPBACK: 'true' }),
    },
  };
}

/** The purpose from which the password of a service's database role is derived. */
export function databaseRole(name: string): string {
  return `postgres ${name}`;
}

/** The variables with which a service uses the emulator of SNS and SQS. */
export function eventVariables({ ports }: Pick<Instance, 'ports'>, subgraph: Subgraph): Variables {
  return emulatedEventVariables(subgraph, `http://127.0.0.1:${ports.events}`, 'marquee-local');
}

/** The variables with which a service reaches its store. */
export function storeVariables(
  instance: Pick<Instance, 'ports' | 'secrets'>,
  { name, store }: Pick<Subgraph, 'name' | 'store'>,
): Variables {
  return store === 'postgres' ? postgresVariables(instance, name) : dynamodbVariables(instance, name);
}

/** The variables with which a service reaches its schema in this instance's database. */
export function postgresVariables({ ports, secrets }: Pick<Instance, 'ports' | 'secrets'>, name: string): Variables {
  return {
    DATABASE_URL: databaseUrl(ports.postgres, name, password(secrets, databaseRole(name))),
    DATABASE_SCHEMA: name,
  };
}

function dynamodbVariables({ ports }: Pick<Instance, 'ports'>, name: string): Variables {
  return {
    TABLE_NAME: `${name}-local`,
    AWS_REGION: 'eu-central-1',
    DYNAMODB_ENDPOINT: `http://127.0.0.1:${ports.dynamodb}`,
    CREATE_TABLE: 'true',
  };
}

/** The issuer records which users are removed with their accounts. */
function signInVariables({ ports }: Instance): Variables {
  return { COGNITO_USER_POOL_ID: 'local_people', COGNITO_ENDPOINT: `http://127.0.0.1:${ports.issuer}` };
}

/** Media are stored in the data directory; their URLs work only on this machine. */
function mediaVariables({ directory }: Instance, port: number): Variables {
  return {
    MEDIA_STORAGE: 'directory',
    MEDIA_DIRECTORY: join(directory, 'media'),
    MEDIA_UPLOAD_URL: `http://localhost:${port}`,
  };
}

/** Emails are written to the data directory; their links lead to the gateway of this instance. */
function mailVariables({ directory, ports, secrets }: Instance): Variables {
  const gateway = `http://localhost:${ports.gateway}`;
  return {
    MAIL_TRANSPORT: 'directory',
    MAIL_DIRECTORY: join(directory, 'mailbox'),
    MAIL_SENDER: 'no-reply@marquee.example',
    MAIL_LINK_URL: gateway,
    MAIL_LINK_KEY: mailLinkKey(secrets),
    MAIL_APP_URL: gateway,
  };
}
