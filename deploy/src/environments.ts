import type { RetentionDays } from 'aws-cdk-lib/aws-logs';

export const environmentNames = ['dev', 'test', 'prod'] as const;

export type EnvironmentName = (typeof environmentNames)[number];

/** A copy of the whole graph in an AWS account of its own. */
export interface Environment {
  name: EnvironmentName;
  account: string;
  region: string;
  /** The addresses of its network; they do not overlap, so that networks can be joined later. */
  network: { cidr: string; natGateways: number; interfaceEndpoints: boolean };
  /** The hosted zone, which exists before anything else does: certificates are proven through it. */
  zone: { id: string; name: string };
  /** Where the pages of clients come from: they may call the gateway and be returned to after signing in. */
  webOrigins: readonly string[];
  /** CPU units (1024 are one processor) and MiB of each task; how many tasks of each service there are. */
  task: { cpu: number; memory: number; min: number; max: number };
  logDays: RetentionDays;
  /** How many requests of a hundred leave a trace. */
  tracedPercent: number;
  /** Aurora capacity units (2 GiB of memory each); instances that only read, and take over when the writer fails. */
  database: { minCapacity: number; maxCapacity: number; readers: number; backupDays: number };
  /** GB of memory that the bus may hold at the most. */
  bus: { gigabytes: number };
  /** What Cognito does about stolen passwords costs per user and month. */
  threatProtection: boolean;
  /** Who is written to when an alarm goes off. */
  alarmEmail: string;
}

const region = 'eu-central-1';

/** The accounts, zones and addresses below are examples: they are what a company puts its own in place of. */
export const environments: Readonly<Record<EnvironmentName, Environment>> = {
  dev: {
    name: 'dev',
    account: '111111111111',
    region,
    network: { cidr: '10.10.0.0/16', natGateways: 1, interfaceEndpoints: false },
    zone: { id: 'Z00000000000000000DEV', name: 'dev.marquee.example' },
    webOrigins: ['https://app.dev.marquee.example', 'http://localhost:5173'],
    task: { cpu: 256, memory: 512, min: 1, max: 2 },
    logDays: 3,
    tracedPercent: 100,
    database: { minCapacity: 0.5, maxCapacity: 2, readers: 0, backupDays: 1 },
    bus: { gigabytes: 1 },
    threatProtection: false,
    alarmEmail: 'dev-alarms@marquee.example',
  },
  test: {
    name: 'test',
    account: '222222222222',
    region,
    network: { cidr: '10.20.0.0/16', natGateways: 1, interfaceEndpoints: false },
    zone: { id: 'Z0000000000000000TEST', name: 'test.marquee.example' },
    webOrigins: ['https://app.test.marquee.example'],
    task: { cpu: 512, memory: 1024, min: 1, max: 4 },
    logDays: 7,
    tracedPercent: 100,
    database: { minCapacity: 0.5, maxCapacity: 4, readers: 0, backupDays: 7 },
    bus: { gigabytes: 1 },
    threatProtection: false,
    alarmEmail: 'test-alarms@marquee.example',
  },
  prod: {
    name: 'prod',
    account: '333333333333',
    region,
    network: { cidr: '10.30.0.0/16', natGateways: 2, interfaceEndpoints: true },
    zone: { id: 'Z0000000000000000PROD', name: 'marquee.example' },
    webOrigins: ['https://app.marquee.example'],
    task: { cpu: 512, memory: 1024, min: 2, max: 10 },
    logDays: 14,
    tracedPercent: 5,
    database: { minCapacity: 1, maxCapacity: 16, readers: 1, backupDays: 35 },
    bus: { gigabytes: 5 },
    threatProtection: true,
    alarmEmail: 'alarms@marquee.example',
  },
};

/** What all environments share: images, and who may build them. */
export const delivery = {
  account: '444444444444',
  region,
  /** The repository on GitHub whose workflows build and deploy, and the one branch they may do it from. */
  repository: 'marquee-graph/marquee',
  branch: 'main',
};

export function isEnvironmentName(name: string | undefined): name is EnvironmentName {
  return environmentNames.some((known) => known === name);
}
