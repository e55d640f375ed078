import { webhookKeyId } from '@marquee/jobs/webhooks/webhook-secret-box';
import { type Aws, AwsError } from '../src/secrets/aws.js';

/** A version of a secret. */
interface Version {
  SecretString: string;
  CreatedDate: string;
}

type Input = Record<string, string>;
type Responses = Record<string, (input: Input) => object>;

/** A stand-in for an AWS account, with the operations that the commands use. */
export class AwsAccount {
  readonly calls: [operation: string, input: Input][] = [];
  /** Versions by secret and stage, such as `marquee/dev/x AWSCURRENT`. */
  readonly #versions = new Map<string, Version>();
  /** When the task of a service was created. */
  readonly #tasks = new Map<string, string>();
  #latest = 0;
  parameter = '{"keys":[]}';
  /** Responses to further operations, by their name. */
  responses: Responses = {};

  readonly aws: Aws = async <Answer>(_: string, operation: string, input: object = {}) => {
    const parameters = input as Input;
    this.calls.push([operation, parameters]);
    const respond = { ...this.#builtIn, ...this.responses }[operation];
    return (respond?.(parameters) ?? {}) as Answer;
  };

  secret(name: string, stage = 'AWSCURRENT'): string {
    return this.#versions.get(`${name} ${stage}`)?.SecretString ?? '';
  }

  setSecret(name: string, SecretString: string, stage = 'AWSCURRENT'): void {
    this.#versions.set(`${name} ${stage}`, { SecretString, CreatedDate: this.#later() });
  }

  /** A time after that of every earlier event: two of one millisecond would have no order. */
  #later(): string {
    this.#latest = Math.max(Date.now(), this.#latest + 1);
    return new Date(this.#latest).toISOString();
  }

  /** A task of the service has started now, and the one before has ended. */
  restart(service: string): void {
    this.#tasks.set(service, this.#later());
  }

  readonly #builtIn: Responses = {
    'put-parameter': ({ Value = '' }) => {
      this.parameter = Value;
      return {};
    },
    'get-parameter': () => ({ Parameter: { Value: this.parameter } }),
    'put-secret-value': ({ SecretId = '', SecretString = '', VersionStages }) => {
      this.setSecret(SecretId, SecretString, VersionStages === undefined ? 'AWSCURRENT' : String(VersionStages));
      return {};
    },
    'get-secret-value': ({ SecretId, VersionStage }) => {
      const version = this.#versions.get(`${SecretId} ${VersionStage ?? 'AWSCURRENT'}`);
      if (!version) throw new AwsError(`There is no ${SecretId}.`, 'ResourceNotFoundException');
      return version;
    },
    'describe-db-clusters': () => ({
      DBClusters: [{ DBClusterArn: 'cluster', Endpoint: 'writer', MasterUserSecret: { SecretArn: 'administrator' } }],
    }),
    'list-tasks': ({ serviceName = '' }) => ({ taskArns: this.#tasks.has(serviceName) ? [serviceName] : [] }),
    'describe-tasks': ({ tasks = '' }) => ({ tasks: [{ createdAt: this.#tasks.get(String(tasks)) }] }),
  };
}

/** A row of the RDS Data API: the number of secrets of webhooks that a key has encrypted. */
export function storedSecrets(key: string, count: number): object[] {
  return [{ stringValue: webhookKeyId(Buffer.from(key, 'base64')) }, { longValue: count }];
}
