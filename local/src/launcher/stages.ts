/** What the embedded run consists of, in the order in which it starts. It stops the other way round. */
import { join } from 'node:path';
import type { Variables } from '@marquee/chassis/config/settings';
import { type LauncherSettings, systemEnvironment } from '../config.js';
import { machineClients, partnerClientId, webClientId } from '../issuer/clients.js';
import { openPostgres } from '../stores/postgres/open.js';
import { type Instance, type ProcessName, repositoryRoot } from './instance.js';
import type { ProcessRegistry } from './orphans.js';
import { openLogFile } from './log-file.js';
import { type ManagedProcess, startError } from './managed-process.js';
import { type Program, manageProgram } from './program.js';
import { registryProcess, registryVariables } from './registry.js';
import { password } from './secrets.js';
import { subgraphProgram, subgraphs, subgraphUrl } from './subgraphs.js';

/** Where a person has what a copy does not bring along. */
export type ExternalServices = Pick<LauncherSettings, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'REDIS_URL'>;

/** Where Apollo's hosted Sandbox asks from. */
const apolloStudio = 'https://studio.apollographql.com';

/** Parts that start side by side. */
export interface Stage {
  title: string;
  processes: readonly ManagedProcess[];
}

/** All parts of a copy. A stage needs those before it. */
export function startupStages(copy: Instance, register: ProcessRegistry, outside: ExternalServices): Stage[] {
  const common = commonVariables(copy, outside);
  const part = (program: Program): ManagedProcess => manageProgram(program, copy.directory, register);
  return [
    {
      title: 'Stores, tokens and the registry',
      processes: [
        postgresProcess(copy),
        part(dynamodbProgram(copy, common)),
        part(issuerProgram(copy, common)),
        registryProcess(copy.directory),
      ],
    },
    { title: 'Services', processes: subgraphs.map((subgraph) => part(subgraphProgram(subgraph, copy, common))) },
    { title: 'Gateway', processes: [part(gatewayProgram(copy, common))] },
  ];
}

/** Everything that listens. */
export const listenerNames: readonly ProcessName[] = [
  'gateway',
  ...subgraphs.map(({ name }) => name),
  'issuer',
  'postgres',
  'dynamodb',
];

/** Where people and programs of this machine reach the gateway and the issuer. */
export function publicUrl(copy: Pick<Instance, 'ports'>, name: 'gateway' | 'issuer'): string {
  return `http://localhost:${copy.ports[name]}`;
}

/** What every program of a copy is started with. */
export function commonVariables(copy: Instance, outside: ExternalServices): Variables {
  return {
    ...systemEnvironment(),
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    LOG_LEVEL: copy.logLevel,
    DRAIN_SECONDS: '5',
    DRAIN_DELAY_SECONDS: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: outside.OTEL_EXPORTER_OTLP_ENDPOINT,
    REDIS_URL: outside.REDIS_URL,
    APOLLO_TELEMETRY_DISABLED: '1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

function postgresProcess(copy: Instance): ManagedProcess {
  return {
    name: 'postgres',
    async start() {
      const log = openLogFile(join(copy.directory, 'logs', 'postgres.log'));
      try {
        const server = await openPostgres({
          directory: join(copy.directory, 'postgres'),
          port: copy.ports.postgres,
          adminPassword: password(copy.secrets, 'postgres'),
          tenants: subgraphs
            .filter(({ store }) => store === 'postgres')
            .map(({ name }) => ({ name, password: password(copy.secrets, `postgres ${name}`) })),
          durable: true,
          onLine: (line) => log.write(line),
        });
        const ended = server.ended.then((how) => (log.close(), how));
        return { ended, stop: () => server.close(), kill: () => void process.kill(server.pid, 'SIGQUIT') };
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
    environment: { ...common, PORT: String(ports.dynamodb), DIRECTORY: join(directory, 'dynamodb') },
  };
}

/** The token issuer as a program of this copy. */
export function issuerProgram(copy: Instance, common: Variables): Program {
  return {
    name: 'issuer',
    port: copy.ports.issuer,
    script: 'local/dist/issuer/main.js',
    readyPath: '/ready',
    environment: {
      ...common,
      HOST: copy.host,
      PORT: String(copy.ports.issuer),
      ISSUER_URL: publicUrl(copy, 'issuer'),
      ISSUER_KEY: JSON.stringify(copy.secrets.issuerKey),
    },
  };
}

/** The gateway as a program of this copy. */
export function gatewayProgram(copy: Instance, common: Variables): Program {
  const urls = subgraphs.map(({ name }) => [name, subgraphUrl(copy, name)]);
  return {
    name: 'gateway',
    port: copy.ports.gateway,
    script: 'gateway/dist/main.js',
    readyPath: '/ready',
    environment: {
      ...common,
      HOST: copy.host,
      PORT: String(copy.ports.gateway),
      ...registryVariables(copy.directory),
      PARTNER_CLIENT_IDS: partnerClientId,
      SUBGRAPH_URLS: JSON.stringify(Object.fromEntries(urls)),
      CALLER_SIGNING_KEY: JSON.stringify(copy.secrets.callerKey),
      COGNITO_ISSUER: publicUrl(copy, 'issuer'),
      COGNITO_CLIENT_IDS: [webClientId, ...machineClients.map(({ id }) => id)].join(','),
      COGNITO_JWKS_URI: `http://127.0.0.1:${copy.ports.issuer}/.well-known/jwks.json`,
      CORS_ORIGINS: [publicUrl(copy, 'gateway'), apolloStudio].join(','),
      DEV_IDENTITY: 'true',
      DEV_ISSUER_URL: `http://127.0.0.1:${copy.ports.issuer}`,
      EXPLORER: 'open',
      EXAMPLES: join(repositoryRoot, 'examples/operations.graphql'),
    },
  };
}
