import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnDBCluster, CfnDBClusterParameterGroup, CfnDBInstance, CfnDBSubnetGroup } from 'aws-cdk-lib/aws-rds';
import { acknowledge } from '../../acknowledgements.js';
import type { Environment } from '../../environments.js';
import { namesOf } from '../../names.js';
import type { Network } from '../network.js';

/** The database that all schemas are in. */
export const databaseName = 'marquee';

const engine = { engine: 'aurora-postgresql', engineVersion: '17.7' };

/** The authority that its certificates come from; images carry its root. */
const certificateAuthority = 'rds-ca-rsa2048-g1';

/** Aurora without servers. Its administrator's password is made and renewed by RDS; no service knows it. */
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
    // `npm run secrets` makes the roles of services through it, without a road into the network.
    enableHttpEndpoint: true,
    enableCloudwatchLogsExports: ['postgresql'],
    copyTagsToSnapshot: true,
    deletionProtection: true,
    preferredMaintenanceWindow: 'sun:03:00-sun:04:00',
    preferredBackupWindow: '01:00-02:00',
  });
  acknowledge(cluster, {
    'AwsSolutions-RDS11': 'Another port would hide nothing: two services and a function are let in, by their groups.',
  });
  cluster.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);
  for (let instance = 0; instance <= environment.database.readers; instance++)
    addInstance(stack, environment, cluster, key, instance);
}

function serverless({ database }: Environment) {
  const { minCapacity, maxCapacity, backupDays } = database;
  return { serverlessV2ScalingConfiguration: { minCapacity, maxCapacity }, backupRetentionPeriod: backupDays };
}

function networkPlacement(stack: Stack, { vpc, groups }: Network) {
  const subnets = new CfnDBSubnetGroup(stack, 'DatabaseSubnets', {
    dbSubnetGroupDescription: 'Subnets that lead nowhere',
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

/** The first one writes; when it fails, another one takes its place. */
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
