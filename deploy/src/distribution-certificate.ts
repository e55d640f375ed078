import type { App } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import type { Environment } from './environments.js';
import { createStack } from './stack.js';
import { hostedZone } from './zone.js';

/** The certificate of a distribution, in a stack of its own: CloudFront accepts only certificates from us-east-1. */
export function distributionCertificate(
  app: App,
  environment: Environment,
  part: string,
  domainName: string,
): Certificate {
  const options = { region: 'us-east-1', crossRegionReferences: true };
  const stack = createStack(app, environment, `${part}-certificate`, 'The certificate of the distribution', options);
  const validation = CertificateValidation.fromDns(hostedZone(stack, environment));
  return new Certificate(stack, 'Certificate', { domainName, validation });
}
