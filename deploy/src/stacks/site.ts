import { type App, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  CachePolicy,
  Distribution,
  type ErrorResponse,
  HttpVersion,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { ARecord, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { acknowledge } from '../acknowledgements.js';
import { distributionCertificate } from '../distribution-certificate.js';
import type { Environment } from '../environments.js';
import { logBucket } from '../log-bucket.js';
import { namesOf, siteHost } from '../names.js';
import { output } from '../output.js';
import { createStack } from '../stack.js';
import { hostedZone } from '../zone.js';

/** A bucket with the static files of a front end, and the distribution that serves them at a host name of its own. */
export function site(app: App, environment: Environment): Distribution {
  const stack = createStack(app, environment, 'site', 'The static files of a front end', {
    crossRegionReferences: true,
  });
  const bucket = siteBucket(stack, environment);
  const distribution = siteDistribution(app, stack, environment, bucket);
  const target = RecordTarget.fromAlias(new CloudFrontTarget(distribution));
  new ARecord(stack, 'Name', { zone: hostedZone(stack, environment), recordName: siteHost(environment), target });
  output(stack, 'SiteUrl', `https://${siteHost(environment)}`, 'The address of the front end');
  output(stack, 'SiteBucket', bucket.bucketName, 'The bucket for its files');
  output(stack, 'SiteDistribution', distribution.distributionId, 'The distribution, to invalidate its cache');
  return distribution;
}

function siteBucket(stack: Stack, environment: Environment): Bucket {
  const bucket = new Bucket(stack, 'Bucket', {
    bucketName: namesOf(environment).siteBucket,
    versioned: true,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30) }],
  });
  acknowledge(bucket, { 'AwsSolutions-S1': 'Only the distribution can read the bucket, and it has an access log.' });
  return bucket;
}

/** Paths without a file are routes of the front end, which its first page resolves. */
function siteDistribution(app: App, stack: Stack, environment: Environment, bucket: Bucket): Distribution {
  const host = siteHost(environment);
  const distribution = new Distribution(stack, 'Distribution', {
    comment: `The front end of ${namesOf(environment).prefix}`,
    domainNames: [host],
    certificate: distributionCertificate(app, environment, 'site', host),
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    httpVersion: HttpVersion.HTTP2_AND_3,
    defaultRootObject: 'index.html',
    enableLogging: true,
    logBucket: logBucket(stack, environment, 'site', ObjectOwnership.OBJECT_WRITER),
    // Without the right to list the bucket, S3 answers 403 for a missing file.
    errorResponses: [firstPage(403), firstPage(404)],
    defaultBehavior: {
      origin: S3BucketOrigin.withOriginAccessControl(bucket),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: ResponseHeadersPolicy.SECURITY_HEADERS,
      compress: true,
    },
  });
  acknowledge(distribution, {
    'AwsSolutions-CFR1': 'The marketplace is available in every country.',
    'AwsSolutions-CFR2': 'It serves static files; there is nothing to inject into.',
  });
  return distribution;
}

function firstPage(httpStatus: number): ErrorResponse {
  return { httpStatus, responseHttpStatus: 200, responsePagePath: '/index.html', ttl: Duration.seconds(10) };
}
