import { createHmac, hash } from 'node:crypto';

/** What identifies the sender of a request to AWS. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** Where signed requests go. */
export interface SignedEndpoint {
  url: URL;
  region: string;
}

/**
 * Signs requests to DynamoDB with Signature Version 4 ("Create a signed AWS API request" in the IAM user guide). All of
 * them are a POST with the same headers, so a part of the signature is computed once a day and the rest in four hashes.
 */
export class RequestSigner {
  #key: { day: string; secret: string; value: Buffer } | undefined;

  constructor(private readonly endpoint: SignedEndpoint) {}

  /** Returns the headers of a request, with names and values in turn. @param at the time in milliseconds since the epoch */
  sign(operation: string, body: string, credentials: Credentials, at: number): string[] {
    const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
    const token = credentials.sessionToken;
    // In the order of the signature.
    const headers = [
      ...['content-type', 'application/x-amz-json-1.0'],
      ...['host', this.endpoint.url.host],
      ...['x-amz-date', time],
      ...(token === undefined ? [] : ['x-amz-security-token', token]),
      ...['x-amz-target', `DynamoDB_20120810.${operation}`],
    ];
    headers.push('authorization', this.#authorization(headers, hash('sha256', body), credentials, time));
    return headers;
  }

  #authorization(headers: readonly string[], bodyHash: string, credentials: Credentials, time: string): string {
    let names = '';
    let lines = '';
    for (let at = 0; at < headers.length; at += 2) {
      names += names === '' ? headers[at] : `;${headers[at]}`;
      lines += `${headers[at]}:${headers[at + 1]}\n`;
    }
    const day = time.slice(0, 8);
    const scope = `${day}/${this.endpoint.region}/dynamodb/aws4_request`;
    const request = hash('sha256', `POST\n${this.endpoint.url.pathname}\n\n${lines}\n${names}\n${bodyHash}`);
    const signature = createHmac('sha256', this.#keyOf(credentials, day))
      .update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${request}`)
      .digest('hex');
    const { accessKeyId } = credentials;
    return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  }

  #keyOf({ secretAccessKey: secret }: Credentials, day: string): Buffer {
    if (this.#key?.day === day && this.#key.secret === secret) return this.#key.value;
    const parts = [day, this.endpoint.region, 'dynamodb', 'aws4_request'];
    const value = parts.reduce<Buffer>(
      (key, part) => createHmac('sha256', key).update(part).digest(),
      Buffer.from(`AWS4${secret}`),
    );
    this.#key = { day, secret, value };
    return value;
  }
}
