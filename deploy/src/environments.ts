export const environmentNames = ['dev', 'test', 'prod'] as const;

export type EnvironmentName = (typeof environmentNames)[number];

/** A deployment of the whole graph in its own AWS account. */
export interface Environment {
  name: EnvironmentName;
  account: string;
  region: string;
  /** The address range of each network is distinct, so that networks can be peered later. */
  network: { cidr: string; natGateways: number; interfaceEndpoints: boolean };
  /** The hosted zone. It must exist before the first deploy, because certificates are validated through it. */
  zone: { id: string; name: string };
  /** The origins of web clients: allowed by CORS, and valid redirect targets after sign-in. */
  webOrigins: readonly string[];
  /** CPU units (1024 per vCPU) and MiB of each task; the limits of the number of tasks per service. */
  task: { cpu: number; memory: number; min: number; max: number };
  /**
   * The mode of trusted documents, and the clients with a manifest `manifests/CLIENT.json` in the registry's bucket.
   * The gateway starts only if all of them exist; changes take effect while it runs. Without this there are no trusted
   * documents.
   */
  trustedDocuments?: { mode: 'on' | 'only'; clients: readonly string[] };
  /** Days for which logs are kept. */
  logDays: 3 | 7 | 14;
  /** The percentage of requests that are traced. */
  tracedPercent: number;
  /** A project of Sentry for unexpected errors, and the percentages of traces, and of requests in them with a CPU profile. */
  sentry?: { dsn: string; tracesPercent: number; profilesPercent: number };
  /** Aurora capacity units (2 GiB of memory each); the number of readers, which are also fail-over targets. */
  database: { minCapacity: number; maxCapacity: number; readers: number; backupDays: number };
  /** The maximum data size of the bus, in GB. */
  bus: { gigabytes: number };
  /**
   * The number of uploads that are processed at a time. A new account runs ten functions at a time and may reserve none of
   * them: leave it out until the quota of the account is more than 100 above it.
   */
  mediaConcurrency?: number;
  /** Cognito's threat protection, which is charged per monthly active user. */
  threatProtection: boolean;
  /** The sender of codes to people who sign up: Cognito itself, at most 50 a day, or SES from the environment's zone. */
  signUpMail: 'cognito' | 'ses';
  /** Whether people receive their notifications by email: with SES from the environment's zone, or not at all. */
  notificationMail: 'none' | 'ses';
  /** The email address that receives alarms. */
  alarmEmail: string;
}

const region = 'eu-central-1';

/** The accounts, zones and addresses are examples. Replace them with your own. */
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
    signUpMail: 'cognito',
    notificationMail: 'none',
    alarmEmail: 'dev-alarms@marquee.example',
  },
  test: {
    name: 'test',
    account: '222222222222',
    region,
    network: { cidr: '10.20.0.0/16', natGateways: 1, interfaceEndpoints: false },
    zone: { id: 'Z0000000000000000TEST', name: 'test.marquee.example' },
    // The second one is the development server of front-end developers: staging is their graph.
    webOrigins: ['https://app.test.marquee.example', 'http://localhost:5173'],
    task: { cpu: 512, memory: 1024, min: 1, max: 4 },
    logDays: 7,
    tracedPercent: 100,
    database: { minCapacity: 0.5, maxCapacity: 4, readers: 0, backupDays: 7 },
    bus: { gigabytes: 1 },
    threatProtection: false,
    signUpMail: 'cognito',
    notificationMail: 'none',
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
    signUpMail: 'ses',
    notificationMail: 'ses',
    alarmEmail: 'alarms@marquee.example',
  },
};

/** The account that all environments share, with the images and the build roles. */
export const delivery = {
  account: '444444444444',
  region,
  /** The GitHub repository and branch whose workflows may build and deploy. */
  repository: 'marquee-graph/marquee',
  branch: 'main',
};

/** The memory limit of the telemetry collector next to each service, in MiB. */
export const collectorMemory = 128;

/** The memory limit of the container of a service, in MiB: the rest of its task. */
export function serviceMemory({ task }: Environment): number {
  return task.memory - collectorMemory;
}

/** Whether SES sends any emails of the environment. */
export function usesSes({ signUpMail, notificationMail }: Environment): boolean {
  return signUpMail === 'ses' || notificationMail === 'ses';
}

/** Whether the gateway serves the preview graphs of the registry. */
export function hasPreviews({ name }: Pick<Environment, 'name'>): boolean {
  return name !== 'prod';
}

/** Whether branches of pull requests can be deployed to the environment. */
export function isStaging({ name }: Pick<Environment, 'name'>): boolean {
  return name === 'test';
}

export function isEnvironmentName(name: string | undefined): name is EnvironmentName {
  return environmentNames.some((known) => known === name);
}
