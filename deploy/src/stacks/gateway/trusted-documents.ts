import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Environment } from '../../environments.js';
import { namesOf } from '../../names.js';

/**
 * The settings with which the gateway reads the manifests of trusted documents from the registry's bucket, if there are
 * any.
 */
export function trustedDocumentVariables(environment: Environment): Record<string, string> {
  const { trustedDocuments } = environment;
  if (!trustedDocuments) return {};
  const addresses = manifestKeys(environment).map((key) => `s3://${namesOf(environment).registryBucket}/${key}`);
  return { TRUSTED_DOCUMENTS: trustedDocuments.mode, TRUSTED_DOCUMENTS_FILE: addresses.join(',') };
}

/** Allows the gateway to read these manifests, and no others. */
export function trustedDocumentStatements(stack: Stack, environment: Environment): PolicyStatement[] {
  const arn = { service: 's3', account: '', region: '', resource: namesOf(environment).registryBucket };
  const resources = manifestKeys(environment).map((resourceName) => stack.formatArn({ ...arn, resourceName }));
  if (resources.length === 0) return [];
  return [new PolicyStatement({ sid: 'TrustedDocuments', actions: ['s3:GetObject'], resources })];
}

function manifestKeys({ trustedDocuments }: Environment): string[] {
  return (trustedDocuments?.clients ?? []).map((client) => `manifests/${client}.json`);
}
