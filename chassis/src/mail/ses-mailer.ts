import { type Mail, type Mailer, MailRefusedError } from './mail.js';
import { mailMessage } from './mail-message.js';
import type { MailSettings } from './mail-settings.js';

/** Milliseconds for the answer of SES: more than the 10 s after which `fetch` gives up a connection, with nothing sent. */
const answerMs = 15_000;

export type SesSettings = Pick<MailSettings, 'AWS_REGION' | 'SES_ENDPOINT'> & { MAIL_SENDER: string };

/**
 * Sends mails with the operation SendEmail of Amazon SES (version 2 of its API), which accepts a mail at once and delivers
 * it later. The request is signed by the parts of the AWS SDK that its other clients use as well; no client of its own is
 * needed for a single call. There is one attempt: only the caller knows whether a mail may be sent again.
 */
export function sesMailer(settings: SesSettings): Mailer {
  const { MAIL_SENDER: sender, AWS_REGION: region, SES_ENDPOINT: endpoint } = settings;
  const url = new URL('/v2/email/outbound-emails', endpoint ?? `https://email.${region}.amazonaws.com`);
  return {
    async send(mail) {
      const body = requestBody(mail, sender);
      const headers = await signedHeaders(url, body, settings).catch(rejectUnsigned);
      const signal = AbortSignal.timeout(answerMs);
      const response = await fetch(url, { method: 'POST', headers, body, signal }).catch(rejectUnsent);
      // The connection is used again only after the whole answer was read.
      await response.arrayBuffer();
      if (!response.ok) throw refusal(response);
    },
    // A mail that was sent cannot be taken back.
    erase: () => Promise.resolve(),
    close: () => undefined,
  };
}

function requestBody(mail: Mail, sender: string): string {
  return JSON.stringify({
    FromEmailAddress: `Marquee <${sender}>`,
    Destination: { ToAddresses: [mail.to] },
    Content: { Raw: { Data: Buffer.from(mailMessage(mail, sender, new Date())).toString('base64') } },
  });
}

/** Without credentials nothing was sent: the mail can be sent again once there are some. */
function rejectUnsigned({ name }: Error): never {
  throw new MailRefusedError(`the request to SES cannot be signed: ${name}`, false);
}

/** Errors of a connection that was never opened: nothing was sent. */
const unsentCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

function rejectUnsent(failure: Error): never {
  const { code = '' } = (failure.cause ?? {}) as { code?: string };
  if (unsentCodes.has(code)) throw new MailRefusedError(`SES cannot be reached: ${code}`, false);
  throw failure;
}

/** Only the name of the error is kept, since its message may quote the address. */
function refusal({ status, headers }: Response): MailRefusedError {
  const [name = `HTTP ${status}`] = /^\w+/.exec(headers.get('x-amzn-errortype') ?? '') ?? [];
  const isPermanent = ['MessageRejected', 'BadRequestException'].includes(name);
  return new MailRefusedError(`SES refused the mail: ${name}`, isPermanent);
}

async function signedHeaders(
  { protocol, host, hostname, pathname: path }: URL,
  body: string,
  { AWS_REGION: region, SES_ENDPOINT: endpoint }: SesSettings,
): Promise<Record<string, string>> {
  const [{ SignatureV4 }, { Sha256 }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@smithy/core/checksum'),
  ]);
  const credentials = endpoint === undefined ? await environmentCredentials() : emulatorCredentials;
  const signer = new SignatureV4({ service: 'ses', region, credentials, sha256: Sha256 });
  const headers = { host, 'content-type': 'application/json' };
  return (await signer.sign({ method: 'POST', protocol, hostname, path, headers, body })).headers;
}

/** As the SDK finds them: variables, the task's role, files. */
async function environmentCredentials() {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider();
}

/** A signature needs credentials, which an emulator does not verify. */
const emulatorCredentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' };
