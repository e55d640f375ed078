import { expect, test } from '@jest/globals';
import { type Credentials, RequestSigner } from '@marquee/chassis/dynamodb/request-signer';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

const url = new URL('https://dynamodb.eu-central-1.amazonaws.com/');
const region = 'eu-central-1';
const signer = new RequestSigner({ url, region });
const long: Credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'first secret' };
const temporary: Credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'second', sessionToken: 'token==' };
const [evening, morning] = [Date.UTC(2026, 10, 30, 23, 59, 59, 999), Date.UTC(2026, 11, 1)];

/** The same signer signs all, so that a key of other credentials or of another day would be noticed. */
test.each([
  ['long-lived credentials', long, evening],
  ['temporary credentials', temporary, evening],
  ['the next day', temporary, morning],
  ['credentials that were used before', long, morning],
])('signs as the SDK does: %s', async (_, credentials, at) => {
  const body = JSON.stringify({ TableName: 'shows', Key: { slug: { S: 'größe' } } });
  const signed = toObject(signer.sign('GetItem', body, credentials, at));
  const sdk = new SignatureV4({ service: 'dynamodb', region, credentials, sha256: Sha256, applyChecksum: false });
  const headers = Object.fromEntries(Object.entries(signed).filter(([name]) => name !== 'authorization'));
  const request = { method: 'POST', protocol: url.protocol, hostname: url.hostname, path: '/', headers, body };
  const expected = await sdk.sign(request, { signingDate: new Date(at) });
  expect(signed).toEqual(expected.headers);
});

function toObject(headers: readonly string[]): Record<string, string> {
  const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? '']] : []));
  return Object.fromEntries(pairs) as Record<string, string>;
}
