import { CfnOutput, type Stack } from 'aws-cdk-lib';

/** Prints a value after a deploy of the stack: something that people need and no file contains. */
export function output(stack: Stack, name: string, value: string, description: string): void {
  new CfnOutput(stack, `Output${name}`, { key: name, value, description });
}
