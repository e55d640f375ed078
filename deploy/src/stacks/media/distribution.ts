import type { Stack } from 'aws-cdk-lib';
import { type App, Duration } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ARecord, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Bucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { acknowledge } from '../../acknowledgements.js';
import type { Environment } from '../../environments.js';
import { logBucket } from '../../log-bucket.js';
import { namesOf } from '../../names.js';
import { createStack } from '../../stack.js';
import { hostedZone } from '../../zone.js';
import { publicFolder } from './bucket.js';

/** Serves the public folder of the bucket under a name of its own; returns its address. */
export function createDistribution(app: App, stack: Stack, environment: Environment, bucket: Bucket): string {
  const host = `media.${environment.zone.name}`;
  const distribution = new Distribution(stack, 'Distribution', {
    comment: `Media of ${namesOf(environment).prefix}`,
    domainNames: [host],
    certificate: certificate(app, environment, host),
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    httpVersion: HttpVersion.HTTP2_AND_3,
    enableLogging: true,
    logBucket: logBucket(stack, environment, 'media', ObjectOwnership.OBJECT_WRITER),
    defaultBehavior: {
      // CDK would let it read all of the bucket; `letRead` allows the public folder alone.
      origin: S3BucketOrigin.withOriginAccessControl(Bucket.fromBucketName(stack, 'Origin', bucket.bucketName)),
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: untrustedContentHeaders(stack, environment),
    },
  });
  acknowledge(distribution, {
    'Annotation::@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac': 'The policy is changed below.',
    'AwsSolutions-CFR1': 'The marketplace is open to every country.',
    'AwsSolutions-CFR2': 'It serves files by names that nobody guesses, from a cache; there is nothing to inject into.',
  });
  grantPublicRead(bucket, distribution);
  const target = RecordTarget.fromAlias(new CloudFrontTarget(distribution));
  new ARecord(stack, 'Name', { zone: hostedZone(stack, environment), recordName: host, target });
  return `https://${host}`;
}

/** CloudFront takes certificates of one region alone. */
function certificate(app: App, environment: Environment, domainName: string): Certificate {
  const place = { region: 'us-east-1', crossRegionReferences: true };
  const stack = createStack(app, environment, 'media-certificate', 'The certificate of the distribution', place);
  const validation = CertificateValidation.fromDns(hostedZone(stack, environment));
  return new Certificate(stack, 'Certificate', { domainName, validation });
}

/** What a browser gets is what it says it is, runs nothing, and may be shown by any page. */
function untrustedContentHeaders(stack: Stack, environment: Environment): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(stack, 'Harmless', {
    responseHeadersPolicyName: `${namesOf(environment).prefix}-media`,
    securityHeadersBehavior: {
      contentTypeOptions: { override: true },
      contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override: true },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
    },
    customHeadersBehavior: {
      customHeaders: [{ header: 'cross-origin-resource-policy', value: 'cross-origin', override: true }],
    },
    corsBehavior: {
      accessControlAllowCredentials: false,
      accessControlAllowHeaders: ['*'],
      accessControlAllowMethods: ['GET', 'HEAD', 'OPTIONS'],
      accessControlAllowOrigins: ['*'],
      originOverride: true,
    },
  });
}

function grantPublicRead(bucket: Bucket, distribution: Distribution): void {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'PublicFolder',
      principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
      actions: ['s3:GetObject'],
      resources: [bucket.arnForObjects(`${publicFolder}*`)],
      conditions: { StringEquals: { 'AWS:SourceArn': distribution.distributionArn } },
    }),
  );
}
