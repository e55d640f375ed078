import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnDBCluster, CfnDBClusterParameterGroup, CfnDBInstance, CfnDBSubnetGroup } from 'aws-cdk-lib/aws-rds';
import { acknowledge } from '../../acknowledgements.js';
import type { Environment } from '../../environments.js';
import { databaseName, namesOf } from '../../names.js';
import { output } from '../../output.js';
import type { Network } from '../network.js';

const engine = { engine: 'aurora-postgresql', engineVersion: '17.7' };

/** The certificate authority of the server. The images contain its root certificate. */
const certificateAuthority = 'rds-ca-rsa2048-g1';

/** Aurora Serverless. RDS creates and rotates the administrator's password; no service has access to it. */
export function createDatabase(stack: Stack, environment: Environment, network: Network): void {
  const key = new Key(stack, 'Key-database', { description: 'The database', enableKeyRotation: true });
  const cluster = new CfnDBCluster(stack, 'Database', {
    ...engine,
    ...serverless(environment),
    ...networkPlacement(stack, network),
    dbClusterIdentifier: namesOf(environment).database,
    databaseName,
    masterUsername: 'administrator',
    manageMasterUserPassword: true,
    masterUserSecret: { kmsKeyId: key.keyArn },
    storageEncrypted: true,
    kmsKeyId: key.keyArn,
    enableIamDatabaseAuthentication: true,
    // `npm run secrets` creates the roles of services through the Data API, which needs no network access.
    enableHttpEndpoint: true,
    enableCloudwatchLogsExports: ['postgresql'],
    copyTagsToSnapshot: true,
    deletionProtection: true,
    preferredMaintenanceWindow: 'sun:03:00-sun:04:00',
    preferredBackupWindow: '01:00-02:00',
  });
  acknowledge(cluster, {
    'AwsSolutions-RDS11':
      'Another port would not protect more: security groups admit only two services and a function.',
  });
  cluster.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);
  output(stack, 'DatabaseHost', cluster.attrEndpointAddress, 'The writer of the database, inside the network');
  for (let instance = 0; instance <= environment.database.readers; instance++)
    addInstance(stack, environment, cluster, key, instance);
}

function serverless({ database }: Environment) {
  const { minCapacity, maxCapacity, backupDays } = database;
  return { serverlessV2ScalingConfiguration: { minCapacity, maxCapacity }, backupRetentionPeriod: backupDays };
}

function networkPlacement(stack: Stack, { vpc, groups }: Network) {
  const subnets = new CfnDBSubnetGroup(stack, 'DatabaseSubnets', {
    dbSubnetGroupDescription: 'Isolated subnets',
    subnetIds: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
  });
  const parameters = new CfnDBClusterParameterGroup(stack, 'DatabaseParameters', {
    family: 'aurora-postgresql17',
    description: 'TLS only; slow statements are logged',
    parameters: { 'rds.force_ssl': '1', log_min_duration_statement: '500' },
  });
  return {
    dbSubnetGroupName: subnets.ref,
    dbClusterParameterGroupName: parameters.ref,
    vpcSecurityGroupIds: [groups.database.securityGroupId],
  };
}

/** Adds an instance. The first becomes the writer; if it fails, another one replaces it. */
function addInstance(stack: Stack, environment: Environment, cluster: CfnDBCluster, key: Key, index: number): void {
  new CfnDBInstance(stack, `Instance${index}`, {
    dbInstanceIdentifier: `${namesOf(environment).database}-${index}`,
    dbClusterIdentifier: cluster.ref,
    engine: engine.engine,
    dbInstanceClass: 'db.serverless',
    promotionTier: 0,
    publiclyAccessible: false,
    autoMinorVersionUpgrade: true,
    caCertificateIdentifier: certificateAuthority,
    enablePerformanceInsights: true,
    performanceInsightsKmsKeyId: key.keyArn,
    performanceInsightsRetentionPeriod: 7,
  });
}
