import type { Stack } from 'aws-cdk-lib';
import { type App, Duration } from 'aws-cdk-lib';
import {
  AllowedMethods,
  type BehaviorOptions,
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
import { distributionCertificate } from '../../distribution-certificate.js';
import type { Environment } from '../../environments.js';
import { logBucket } from '../../log-bucket.js';
import { namesOf } from '../../names.js';
import { hostedZone } from '../../zone.js';
import { publicFolder } from './media-bucket.js';

export interface MediaDistribution {
  /** The base URL of the public files. */
  publicUrl: string;
  distributionId: string;
}

/** Serves the public folder of the bucket on its own host name. */
export function createDistribution(
  app: App,
  stack: Stack,
  environment: Environment,
  bucket: Bucket,
): MediaDistribution {
  const host = `media.${environment.zone.name}`;
  const distribution = new Distribution(stack, 'Distribution', {
    comment: `Media of ${namesOf(environment).prefix}`,
    domainNames: [host],
    certificate: distributionCertificate(app, environment, 'media', host),
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    httpVersion: HttpVersion.HTTP2_AND_3,
    enableLogging: true,
    logBucket: logBucket(stack, environment, 'media', ObjectOwnership.OBJECT_WRITER),
    defaultBehavior: publicFiles(stack, environment, bucket),
  });
  acknowledge(distribution, {
    'Annotation::@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac': 'grantPublicRead adds the policy.',
    'AwsSolutions-CFR1': 'The marketplace is available in every country.',
    'AwsSolutions-CFR2': 'It serves static files with unguessable names; there is nothing to inject into.',
  });
  grantPublicRead(bucket, distribution);
  addName(stack, environment, host, distribution);
  return { publicUrl: `https://${host}`, distributionId: distribution.distributionId };
}

function publicFiles(stack: Stack, environment: Environment, bucket: Bucket): BehaviorOptions {
  return {
    // CDK would grant access to the whole bucket; `grantPublicRead` allows only the public folder.
    origin: S3BucketOrigin.withOriginAccessControl(Bucket.fromBucketName(stack, 'Origin', bucket.bucketName)),
    viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
    cachePolicy: CachePolicy.CACHING_OPTIMIZED,
    responseHeadersPolicy: untrustedContentHeaders(stack, environment),
  };
}

function addName(stack: Stack, environment: Environment, recordName: string, distribution: Distribution): void {
  const target = RecordTarget.fromAlias(new CloudFrontTarget(distribution));
  new ARecord(stack, 'Name', { zone: hostedZone(stack, environment), recordName, target });
}

/** Uploaded files are untrusted: no content sniffing, no scripts. Any page may embed them. */
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
