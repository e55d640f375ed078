import { randomBytes } from 'node:crypto';
import type { Variables } from '@marquee/chassis/config/settings';
import type { Closers } from '@marquee/chassis/process/closers';
import { emulatedQueueUrl } from '@marquee/schema/event-channels';
import { subgraphs } from '@marquee/schema/services';
import { freePort } from '@marquee/testkit/ports';
import { openRedisServer, type RedisServer } from '@marquee/testkit/redis-server';
import { unlimitedLive } from '@marquee/testkit/unlimited-live';
import { type Instance, listenerNames, openInstance, type Ports } from '../launcher/instance.js';
import { openProcessRegistry, type ProcessRegistry } from '../launcher/orphans.js';
import { type Program, manageProgram } from '../launcher/program.js';
import { subgraphProgram } from '../launcher/subgraph-program.js';
import { commonVariables, eventsProgram, gatewayProgram, issuerProgram } from '../launcher/stages.js';
import { temporaryDirectory } from './fleet-directory.js';
import { type ReplicaGroup, openReplicaGroup } from './replica-group.js';
import { openReplica, type Replica } from './replica.js';
import { openSupergraphFile, type SupergraphFile } from './supergraph-file.js';

/** The graph with several replicas of each service, each behind a load balancer, and Redis. */
export interface Fleet {
  /** The address of the gateways for clients. */
  url: string;
  /** Replicas by service name. */
  groups: ReadonlyMap<string, ReplicaGroup>;
  redis: RedisServer;
  supergraph: SupergraphFile;
  /** The emulator of SNS and SQS, if the services publish their events. */
  events?: Replica;
  /** The environment variables of a service. */
  variablesOf(name: string): Variables;
  /** The directory of the logs. */
  directory: string;
  /** Issues an access token for a user. */
  token(sub: string, seconds: number): Promise<string>;
}

/** The addresses of the stores. Each fleet uses its own schemas and tables in them. */
export interface FleetStores {
  databaseUrl: string;
  /** The file with the password, if that in `databaseUrl` may change. */
  databasePasswordFile?: string;
  dynamodbEndpoint: string;
}

export interface FleetOptions {
  stores: FleetStores;
  /** Default: a new one, which `closers` close. */
  redis?: RedisServer;
  /** Number of replicas by service. The gateway needs `users` to authenticate callers. */
  sizes: Readonly<Record<string, number>>;
  /** Seconds in which each process closes its sockets. */
  drainSeconds: number;
  /** Seconds before that, in which it continues to serve. */
  drainDelaySeconds?: number;
  /** The name of a queue that receives the events of all services, which publish them to an emulator. Default: they do not */
  eventQueue?: string;
  /** Seconds that the gateway waits for a service. Default: 20, with which a busy machine causes no failures. */
  subgraphTimeoutSeconds?: number;
}

const generousTimeoutSeconds = 20;

/** Starts a fleet, which `closers` close. */
export async function openFleet(options: FleetOptions, closers: Closers): Promise<Fleet> {
  const directory = await temporaryDirectory(closers);
  const instance = await openFleetInstance(directory);
  const redis = options.redis ?? closers.add(await openRedisServer());
  const supergraph = await openSupergraphFile(directory);
  const start = createStarter({
    options,
    instance,
    closers,
    register: openProcessRegistry(directory),
    redisUrl: redis.url,
  });
  const issuer = closers.add(await start.startReplica(issuerProgram(instance, start.common)));
  const isPublishing = options.eventQueue !== undefined;
  const events = isPublishing && closers.add(await start.startReplica(eventsProgram(instance, start.common)));
  const groups = new Map<string, ReplicaGroup>();
  for (const subgraph of subgraphs.filter(({ name }) => options.sizes[name]))
    groups.set(subgraph.name, await start.group(subgraphProgram(subgraph, instance, start.common)));
  const gateway = gatewayProgram(instance, start.common);
  const variables = gatewayVariables(options, groups, supergraph);
  groups.set('gateway', await start.group({ ...gateway, environment: { ...gateway.environment, ...variables } }));
  const url = `http://127.0.0.1:${groups.get('gateway')?.balancer.port}`;
  return {
    ...{ url, groups, redis, supergraph, directory },
    ...(events && { events }),
    variablesOf: (name) => start.environments.get(name) ?? {},
    token: (sub, seconds) => token(issuer.port, sub, seconds),
  };
}

function gatewayVariables(
  { subgraphTimeoutSeconds = generousTimeoutSeconds }: FleetOptions,
  groups: ReadonlyMap<string, ReplicaGroup>,
  supergraph: SupergraphFile,
): Variables {
  const urls = [...groups].map(([name, { balancer }]) => [name, `http://127.0.0.1:${balancer.port}/graphql`]);
  return {
    // A fleet watches its own supergraph file instead of a registry, and has no partner endpoint.
    ...{ SUPERGRAPH: supergraph.path, SUPERGRAPH_POLL_SECONDS: '0.1' },
    ...{ PARTNER_SUPERGRAPH: undefined, PARTNER_CLIENT_IDS: undefined },
    SUBGRAPH_URLS: JSON.stringify(Object.fromEntries(urls)),
    SUBGRAPH_TIMEOUT_SECONDS: String(subgraphTimeoutSeconds),
    ...unlimitedLive,
  };
}

/** A few users of a drill perform more actions than the quotas of one user allow. */
const withoutQuotas = { QUOTA_FACTOR: '0' };

/** Without an emulator of SNS and SQS, events stay in the outbox. */
const withoutEvents = { EVENTS_TOPIC_ARN: undefined, EVENTS_QUEUE_URL: undefined };

/** The topics of the services also feed the queue. */
function withEvents({ EVENTS_ENDPOINT: endpoint, EVENTS_SUBSCRIBERS: own }: Variables, queue: string): Variables {
  return endpoint === undefined ? {} : { EVENTS_SUBSCRIBERS: `${own},${emulatedQueueUrl(endpoint, queue)}` };
}

interface Starting {
  options: FleetOptions;
  instance: Instance;
  closers: Closers;
  register: ProcessRegistry;
  redisUrl: string;
}

function createStarter({ options, instance, closers, register, redisUrl }: Starting) {
  const common = {
    ...commonVariables(instance, { OTEL_EXPORTER_OTLP_ENDPOINT: undefined, REDIS_URL: redisUrl }),
    DRAIN_SECONDS: String(options.drainSeconds),
    DRAIN_DELAY_SECONDS: String(options.drainDelaySeconds ?? 0),
  };
  const storesOf = isolatedStores(options.stores);
  const startReplica = (program: Program) =>
    openReplica(manageProgram(program, instance.directory, register), program.port);
  const environments = new Map<string, Variables>();
  return { common, environments, startReplica, group };

  function group(program: Program): Promise<ReplicaGroup> {
    const { eventQueue } = options;
    const events = eventQueue === undefined ? withoutEvents : withEvents(program.environment, eventQueue);
    const environment = {
      ...program.environment,
      ...storesOf(program.name),
      ...events,
      ...withoutQuotas,
      SEED: 'false',
    };
    environments.set(program.name, environment);
    return openReplicaGroup({
      program: { ...program, environment },
      size: options.sizes[program.name] ?? 1,
      startReplica,
      closers,
    });
  }
}

/** Schema and table names that are unique to this fleet. */
function isolatedStores({
  databaseUrl,
  databasePasswordFile,
  dynamodbEndpoint,
}: FleetStores): (name: string) => Variables {
  const own = randomBytes(6).toString('hex');
  return (name) => ({
    DATABASE_URL: databaseUrl,
    DATABASE_PASSWORD_FILE: databasePasswordFile,
    DATABASE_SCHEMA: `${name}_${own}`,
    DYNAMODB_ENDPOINT: dynamodbEndpoint,
    TABLE_NAME: `${name}-${own}`,
    CREATE_TABLE: 'true',
  });
}

async function openFleetInstance(directory: string): Promise<Instance> {
  const ports = await Promise.all(listenerNames.map(async (name) => [name, await freePort()] as const));
  const settings = { PORT: 1, DATA_DIR: directory, HOST: '127.0.0.1', LOG_LEVEL: 'info' } as const;
  return { ...(await openInstance(settings)), ports: Object.fromEntries(ports) as Ports };
}

async function token(port: number, sub: string, seconds: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/token?user=${encodeURIComponent(sub)}&ttl=${seconds}`);
  if (!response.ok) throw new Error(`The issuer answered ${response.status}.`);
  return ((await response.json()) as { access_token: string }).access_token;
}
