import type { Mail } from './mail.js';
import { MailRefusedError } from './mail.js';

/** Characters that an address may have without quotes, so that no address adds a header or a recipient. */
const plainAddress = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}$/;

/** Base64 characters in a line (RFC 2045, section 6.8). */
const lineLength = 76;

/**
 * A mail as a message (RFC 5322) with a text and an HTML part (RFC 2046), and with one-click unsubscription (RFC 8058).
 * @throws MailRefusedError for an address that is not a plain one
 */
export function mailMessage(mail: Mail, sender: string, at: Date): string {
  if (!plainAddress.test(mail.to)) throw new MailRefusedError('the address of the recipient is not supported', true);
  const boundary = `part-${mail.id}`;
  return [
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `From: Marquee <${sender}>`,
    `To: ${mail.to}`,
    `Subject: ${headerText(mail.subject)}`,
    `Message-ID: <${mail.id}@${sender.split('@').at(-1)}>`,
    `List-Unsubscribe: <${mail.unsubscribeUrl}>`,
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    ...part(boundary, 'text/plain', mail.text),
    ...part(boundary, 'text/html', mail.html),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

function part(boundary: string, type: string, content: string): string[] {
  const encoded = Buffer.from(content).toString('base64');
  const lines = encoded.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
    '',
    ...lines,
    '',
  ];
}

/** Plain ASCII as it is, anything else as an encoded word (RFC 2047). */
function headerText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
}
