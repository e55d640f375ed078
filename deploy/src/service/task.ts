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
import { acknowledge } from '../acknowledgements.js';
import type { Environment } from '../environments.js';
import { namesOf, servicePort } from '../names.js';
import { collectorAddress, collectorConfiguration, collectorImage } from './collector.js';
import { drainVariables, stopSeconds } from './drain.js';
import { containerSecrets, type SecretReferences } from './references.js';
import type { TaskRoles } from './roles.js';

/** What a container of a service is told. */
export interface ContainerEnv extends SecretReferences {
  variables: Readonly<Record<string, string>>;
}

export interface TaskPlan {
  name: string;
  environment: Environment;
  roles: TaskRoles;
  logs: LogGroup;
}

/** MiB of each task that the collector may take. */
const collectorMemory = 128;

/** The region's roots of Amazon's databases, as the image has them. */
export const databaseRoots = '/app/certificates/amazon-rds.pem';

/** The image that runs now: the workflow that deploys writes it down, so that a change of the stack takes nothing back. */
function currentImage(stack: Stack, environment: Environment, service: string): ContainerImage {
  const parameter = namesOf(environment).imageParameter(service);
  return ContainerImage.fromRegistry(StringParameter.valueForStringParameter(stack, parameter));
}

/** A task that serves: the service and, beside it, the collector of its telemetry. */
export function serviceTask(stack: Stack, plan: TaskPlan, told: ContainerEnv): FargateTaskDefinition {
  const { name, environment } = plan;
  const task = createTask(stack, 'Task', namesOf(environment).family(name), plan);
  const container = task.addContainer(name, {
    ...hardenedContainer(stack, 'Service', plan),
    image: currentImage(stack, environment, name),
    memoryLimitMiB: environment.task.memory - collectorMemory,
    environment: { ...processVariables, ...traceSampling(environment), ...drainVariables, ...told.variables },
    secrets: containerSecrets(stack, 'Service', told),
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
  return task;
}

/** A task that brings the service's schema up to date and ends. */
export function migrationTask(stack: Stack, plan: TaskPlan, told: ContainerEnv): FargateTaskDefinition {
  const { name, environment } = plan;
  const task = createTask(stack, 'Migration', namesOf(environment).migrationFamily(name), plan);
  task.addContainer('migrate', {
    ...hardenedContainer(stack, 'Migrate', plan),
    image: currentImage(stack, environment, name),
    command: ['node', `subgraphs/${name}/dist/migrate.js`],
    environment: { ...told.variables },
    secrets: containerSecrets(stack, 'Migration', told),
  });
  return task;
}

const processVariables = {
  NODE_ENV: 'production',
  HOST: '0.0.0.0',
  PORT: String(servicePort),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorAddress,
};

/** Read by OpenTelemetry itself. A request that is traced at the gateway is traced in every service. */
function traceSampling({ tracedPercent }: Environment): Record<string, string> {
  return { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: String(tracedPercent / 100) };
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
    'AwsSolutions-ECS2': 'These variables are no secrets; those come from Secrets Manager, by reference.',
  });
  return task;
}

function collector(stack: Stack, task: FargateTaskDefinition, plan: TaskPlan): ContainerDefinition {
  return task.addContainer('collector', {
    ...hardenedContainer(stack, 'Collector', plan),
    image: ContainerImage.fromRegistry(collectorImage),
    // Without telemetry the service still serves.
    essential: false,
    memoryLimitMiB: collectorMemory,
    environment: { AOT_CONFIG_CONTENT: collectorConfiguration(plan.environment) },
  });
}

/** What every container has in common: nothing can be written in it, and it may do nothing that root may. */
function hardenedContainer(stack: Stack, id: string, { logs }: TaskPlan) {
  const linuxParameters = new LinuxParameters(stack, `${id}Linux`);
  linuxParameters.dropCapabilities(Capability.ALL);
  return {
    readonlyRootFilesystem: true,
    linuxParameters,
    logging: LogDrivers.awsLogs({ logGroup: logs, streamPrefix: id.toLowerCase() }),
  };
}
