/** The processes of an embedded run, in the order in which they start. They stop in reverse order. */
import { join } from 'node:path';
import type { Variables } from '@marquee/chassis/config/settings';
import { subgraphs } from '@marquee/schema/services';
import { gatewayLimits, type LauncherSettings, systemEnvironment } from '../config.js';
import { machineClients, partnerClientId, webClientId } from '../issuer/clients.js';
import { acceptsConnections } from '../stores/postgres/databases.js';
import { openPostgres } from '../stores/postgres/open-postgres.js';
import { type Instance, portOf, repositoryRoot } from './instance.js';
import type { ProcessRegistry } from './orphans.js';
import { openLogFile } from './log-file.js';
import { type ManagedProcess, responseTimeoutMs, startError } from './managed-process.js';
import { type Program, manageProgram } from './program.js';
import { registryProcess, registryVariables } from './registry.js';
import { password } from './secrets.js';
import { databaseRole, subgraphProgram, subgraphUrl } from './subgraph-program.js';

/** Optional services that an instance uses but does not start. */
export interface ExternalServices extends Pick<LauncherSettings, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'REDIS_URL'> {
  /** Limits of the gateway. Default: those of the environment. */
  limits?: Variables;
}

/** The origin of Apollo's hosted Sandbox. */
const apolloStudioOrigin = 'https://studio.apollographql.com';

/** Processes that start concurrently. */
export interface Stage {
  title: string;
  processes: readonly ManagedProcess[];
  /** Whether it depends on the stages before the previous one only. It stops before the previous one all the same. */
  startsWithPrevious?: boolean;
}

/** All processes of an instance. Each stage depends on the previous ones, unless it says otherwise. */
export function startupStages(instance: Instance, registry: ProcessRegistry, external: ExternalServices): Stage[] {
  const common = commonVariables(instance, external);
  const manage = (program: Program): ManagedProcess => manageProgram(program, instance.directory, registry);
  return [
    {
      title: 'Stores, token issuer and schema registry',
      processes: [
        postgresProcess(instance),
        manage(dynamodbProgram(instance, common)),
        manage(eventsProgram(instance, common)),
        manage(issuerProgram(instance, common)),
        registryProcess(instance.directory),
      ],
    },
    { title: 'Services', processes: subgraphs.map((subgraph) => manage(subgraphProgram(subgraph, instance, common))) },
    // It starts without services, too.
    {
      title: 'Gateway',
      processes: [manage(gatewayProgram(instance, common, external.limits))],
      startsWithPrevious: true,
    },
  ];
}

/** The URL of the gateway or the issuer for clients on this machine. */
export function publicUrl({ ports }: Pick<Instance, 'ports'>, name: 'gateway' | 'issuer'): string {
  return `http://localhost:${ports[name]}`;
}

/** The page of the mailbox, which the service that sends emails serves. */
export function mailboxUrl({ ports }: Pick<Instance, 'ports'>): string {
  const sender = subgraphs.find(({ mail }) => mail)?.name ?? 'users';
  return `http://localhost:${portOf(ports, sender)}/mailbox`;
}

/** The environment variables of every program of an instance. */
export function commonVariables(instance: Instance, external: ExternalServices): Variables {
  return {
    ...systemEnvironment(),
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    LOG_LEVEL: instance.logLevel,
    DRAIN_SECONDS: '5',
    DRAIN_DELAY_SECONDS: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: external.OTEL_EXPORTER_OTLP_ENDPOINT,
    REDIS_URL: external.REDIS_URL,
    APOLLO_TELEMETRY_DISABLED: '1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

function postgresProcess(instance: Instance): ManagedProcess {
  return {
    name: 'postgres',
    async start() {
      const log = openLogFile(join(instance.directory, 'logs', 'postgres.log'));
      try {
        const server = await openPostgres({
          directory: join(instance.directory, 'postgres'),
          port: instance.ports.postgres,
          adminPassword: password(instance.secrets, 'postgres'),
          tenants: subgraphs
            .filter(({ store }) => store === 'postgres')
            .map(({ name }) => ({ name, password: password(instance.secrets, databaseRole(name)) })),
          durable: true,
          onLine: (line) => log.write(line),
        });
        void server.logEnded.then(() => log.close());
        const responds = () => acceptsConnections(server.adminUrl, responseTimeoutMs);
        return { ended: server.ended, stop: () => server.close(), kill: () => server.kill(), responds };
      } catch (failure) {
        const lastLines = log.lastLines(15);
        log.close();
        throw startError('postgres', (failure as Error).message, log.path, lastLines);
      }
    },
  };
}

function dynamodbProgram({ directory, ports }: Instance, common: Variables): Program {
  return {
    name: 'dynamodb',
    port: ports.dynamodb,
    script: 'local/dist/stores/dynamodb-main.js',
    readyPath: '/',
    healthPath: '/',
    environment: { ...common, PORT: String(ports.dynamodb), DIRECTORY: join(directory, 'dynamodb') },
  };
}

/** The emulator of SNS and SQS as a program of this instance. */
export function eventsProgram({ ports }: Pick<Instance, 'ports'>, common: Variables): Program {
  return {
    name: 'events',
    port: ports.events,
    script: 'local/dist/stores/events-main.js',
    readyPath: '/health',
    healthPath: '/health',
    environment: { ...common, PORT: String(ports.events) },
  };
}

/** The token issuer as a program of this instance. */
export function issuerProgram(instance: Instance, common: Variables): Program {
  return {
    name: 'issuer',
    port: instance.ports.issuer,
    script: 'local/dist/issuer/main.js',
    readyPath: '/ready',
    healthPath: '/health',
    environment: {
      ...common,
      HOST: instance.host,
      PORT: String(instance.ports.issuer),
      ISSUER_URL: publicUrl(instance, 'issuer'),
      ISSUER_KEY: JSON.stringify(instance.secrets.issuerKey),
      CORS_ORIGINS: instance.corsOrigins.join(','),
    },
  };
}

/** The gateway as a program of this instance. */
export function gatewayProgram(instance: Instance, common: Variables, limits = gatewayLimits()): Program {
  const urls = subgraphs.map(({ name }) => [name, subgraphUrl(instance, name)]);
  return {
    name: 'gateway',
    port: instance.ports.gateway,
    script: 'gateway/dist/main.js',
    readyPath: '/ready',
    healthPath: '/health',
    environment: {
      ...common,
      HOST: instance.host,
      PORT: String(instance.ports.gateway),
      ...registryVariables(instance.directory),
      PARTNER_CLIENT_IDS: partnerClientId,
      SUBGRAPH_URLS: JSON.stringify(Object.fromEntries(urls)),
      CALLER_SIGNING_KEY: JSON.stringify(instance.secrets.callerKey),
      COGNITO_ISSUER: publicUrl(instance, 'issuer'),
      COGNITO_CLIENT_IDS: [webClientId, ...machineClients.map(({ id }) => id)].join(','),
      COGNITO_JWKS_URI: `http://127.0.0.1:${instance.ports.issuer}/.well-known/jwks.json`,
      CORS_ORIGINS: [...instance.corsOrigins, apolloStudioOrigin].join(','),
      TOKEN_URL: `${publicUrl(instance, 'issuer')}/oauth2/token`,
      DEV_IDENTITY: 'true',
      DEV_ISSUER_URL: `http://127.0.0.1:${instance.ports.issuer}`,
      MAILBOX_URL: mailboxUrl(instance),
      EXPLORER: 'open',
      EXAMPLES: join(repositoryRoot, 'examples'),
      ...limits,
    },
  };
}
