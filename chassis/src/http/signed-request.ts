/** A POST request to a service of AWS for which no client of the SDK is loaded. */
export interface SignedRequest {
  /** The name of the service in signatures, such as `secretsmanager`. */
  service: string;
  region: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Whether the address is that of an emulator, which does not verify credentials. */
  isEmulated: boolean;
  /** Milliseconds for the whole answer. */
  timeoutMs: number;
}

export interface SignedAnswer {
  status: number;
  text: string;
}

/**
 * Sends a request with the credentials of the process (Signature Version 4). It is signed by the parts of the AWS SDK that
 * its other clients use as well; no client of its own is needed for a single call. They are loaded on demand.
 * @returns any answer, whatever its status is
 * @throws the error of the connection, or `TimeoutError`
 */
export async function postSigned(request: SignedRequest): Promise<SignedAnswer> {
  const { url, body, timeoutMs } = request;
  const headers = await signedHeaders(request);
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.status, text: await response.text() };
}

/** The code and the message of an error in the JSON of an answer; undefined if it has none. */
export function errorInAnswer(text: string): string | undefined {
  try {
    const { __type, Message, message } = JSON.parse(text) as Record<string, string | undefined>;
    return [__type, Message ?? message].filter((part) => part !== undefined).join(': ');
  } catch {
    return undefined;
  }
}

async function signedHeaders(request: SignedRequest): Promise<Record<string, string>> {
  const [{ SignatureV4 }, { Sha256 }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@smithy/core/checksum'),
  ]);
  const { service, region, body, isEmulated } = request;
  const { protocol, host, hostname, pathname: path } = new URL(request.url);
  const credentials = isEmulated ? emulatorCredentials : await environmentCredentials();
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const headers = { host, ...request.headers };
  const signed = await signer.sign({ method: 'POST', protocol, hostname, path, headers, body });
  return signed.headers;
}

/** As the SDK finds them: variables, the task's or the function's role, files. */
async function environmentCredentials() {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider();
}

/** A signature needs credentials, which an emulator does not verify. */
const emulatorCredentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' };
