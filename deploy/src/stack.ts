import { type App, Stack, Tags } from 'aws-cdk-lib';
import type { Environment } from './environments.js';
import { namesOf } from './names.js';

export interface StackOptions {
  /** Where it is, when it is not where everything else is. */
  region?: string;
  /** Whether it has to do with a stack in another region. */
  crossRegionReferences?: boolean;
}

/** One part of an environment. What would hurt to lose cannot be deleted with it. */
export function createStack(
  app: App,
  environment: Environment,
  part: string,
  description: string,
  { region = environment.region, crossRegionReferences = false }: StackOptions = {},
): Stack {
  const stackName = namesOf(environment).stack(part);
  const stack = new Stack(app, stackName, {
    stackName,
    description,
    env: { account: environment.account, region },
    crossRegionReferences,
    terminationProtection: environment.name !== 'dev',
  });
  Tags.of(stack).add('project', 'marquee');
  Tags.of(stack).add('environment', environment.name);
  Tags.of(stack).add('part', part);
  return stack;
}
