import { Duration, type Stack } from 'aws-cdk-lib';
import {
  Capability,
  type ContainerDefinition,
  ContainerDependencyCondition,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { nodeOptions } from '@marquee/chassis/process/node-options';
import { acknowledge } from '../acknowledgements.js';
import { collectorMemory, type Environment, serviceMemory } from '../environments.js';
import { namesOf, servicePort } from '../names.js';
import { collectorAddress, collectorConfiguration, collectorImage } from './collector.js';
import { drainVariables, stopSeconds } from './drain.js';
import { containerSecrets, type SecretReferences } from './references.js';
import type { TaskRoles } from './roles.js';

/** The environment of a service's container. */
export interface ContainerEnv extends SecretReferences {
  variables: Readonly<Record<string, string>>;
}

export interface TaskPlan {
  name: string;
  environment: Environment;
  roles: TaskRoles;
  logs: LogGroup;
}

/** The path of the RDS root certificates in the image. */
export const databaseRoots = '/app/certificates/amazon-rds.pem';

/** The deployed image, which the deploy workflow records in a parameter: a stack update does not revert it. */
function currentImage(stack: Stack, environment: Environment, service: string): ContainerImage {
  const parameter = namesOf(environment).imageParameter(service);
  return ContainerImage.fromRegistry(StringParameter.valueForStringParameter(stack, parameter));
}

/** The task definition of a service, with a telemetry collector as a sidecar. */
export function serviceTask(stack: Stack, plan: TaskPlan, env: ContainerEnv): FargateTaskDefinition {
  const { name, environment } = plan;
  const task = createTask(stack, 'Task', namesOf(environment).family(name), plan);
  const container = task.addContainer(name, {
    ...hardenedContainer(stack, 'Service', plan),
    image: currentImage(stack, environment, name),
    memoryLimitMiB: serviceMemory(environment),
    command: ['node', ...nodeOptions(serviceMemory(environment)), 'main.js'],
    environment: { ...processVariables, ...telemetryVariables(environment), ...drainVariables, ...env.variables },
    secrets: containerSecrets(stack, 'Service', env),
    portMappings: [{ name: 'graphql', containerPort: servicePort }],
    healthCheck: {
      command: ['CMD', 'node', '/app/health.js', '/health'],
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      retries: 3,
      startPeriod: Duration.seconds(60),
    },
    stopTimeout: Duration.seconds(stopSeconds),
  });
  container.addContainerDependencies({
    container: collector(stack, task, plan),
    condition: ContainerDependencyCondition.START,
  });
  recordDefinition(stack, 'Definition', namesOf(environment).definitionParameter(name), task);
  return task;
}

/** The task definition that migrates the service's schema. */
export function migrationTask(stack: Stack, plan: TaskPlan, env: ContainerEnv): FargateTaskDefinition {
  const { name, environment } = plan;
  const task = createTask(stack, 'Migration', namesOf(environment).migrationFamily(name), plan);
  task.addContainer('migrate', {
    ...hardenedContainer(stack, 'Migrate', plan),
    image: currentImage(stack, environment, name),
    command: ['node', `subgraphs/${name}/dist/migrate.js`],
    environment: { ...env.variables },
    secrets: containerSecrets(stack, 'Migration', env),
  });
  recordDefinition(stack, 'MigrationDefinition', namesOf(environment).migrationParameter(name), task);
  return task;
}

/**
 * Records the definition of the stack. Deployments derive theirs from it by replacing the image, since the newest one of the
 * family may be that of a branch or of a failed deployment.
 */
function recordDefinition(stack: Stack, id: string, parameterName: string, task: FargateTaskDefinition): void {
  new StringParameter(stack, id, { parameterName, stringValue: task.taskDefinitionArn });
}

const processVariables = {
  NODE_ENV: 'production',
  HOST: '0.0.0.0',
  PORT: String(servicePort),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorAddress,
};

/** A request that is traced at the gateway is traced in every service. */
function telemetryVariables(environment: Environment): Record<string, string> {
  const share = String(environment.tracedPercent / 100);
  const sampling = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: share };
  return { ...sampling, ...sentryVariables(environment) };
}

/** The DSN of a project only allows to send to it. */
export function sentryVariables({ sentry }: Pick<Environment, 'sentry'>): Record<string, string> {
  if (!sentry) return {};
  return {
    SENTRY_DSN: sentry.dsn,
    SENTRY_TRACES_SAMPLE_RATE: String(sentry.tracesPercent / 100),
    SENTRY_PROFILES_SAMPLE_RATE: String(sentry.profilesPercent / 100),
  };
}

function createTask(stack: Stack, id: string, family: string, { environment, roles }: TaskPlan): FargateTaskDefinition {
  const task = new FargateTaskDefinition(stack, id, {
    family,
    cpu: environment.task.cpu,
    memoryLimitMiB: environment.task.memory,
    taskRole: roles.task,
    executionRole: roles.execution,
    runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
  });
  acknowledge(task, {
    'AwsSolutions-ECS2': 'These variables contain no secrets; secrets are referenced from Secrets Manager.',
  });
  return task;
}

function collector(stack: Stack, task: FargateTaskDefinition, plan: TaskPlan): ContainerDefinition {
  return task.addContainer('collector', {
    ...hardenedContainer(stack, 'Collector', plan),
    image: ContainerImage.fromRegistry(collectorImage),
    // Without it the service keeps running, and ECS restarts it.
    essential: false,
    restartAttemptPeriod: Duration.seconds(60),
    memoryLimitMiB: collectorMemory,
    environment: { AOT_CONFIG_CONTENT: collectorConfiguration(plan.environment) },
  });
}

/** The common options of containers: a read-only root file system and no capabilities. */
function hardenedContainer(stack: Stack, id: string, { logs }: TaskPlan) {
  const linuxParameters = new LinuxParameters(stack, `${id}Linux`);
  linuxParameters.dropCapabilities(Capability.ALL);
  return {
    readonlyRootFilesystem: true,
    linuxParameters,
    logging: LogDrivers.awsLogs({ logGroup: logs, streamPrefix: id.toLowerCase() }),
  };
}
