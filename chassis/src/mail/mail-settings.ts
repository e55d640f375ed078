import { z } from 'zod';

const address = z.url({ protocol: /^https?$/, error: 'expected an http or https address' });

/** The environment variables of a service that sends emails. Use them with `completeMailSettings`. */
export const mailSettings = {
  MAIL_TRANSPORT: z
    .enum(['none', 'ses', 'directory'])
    .default('none')
    .describe(
      'How emails are sent: `ses` with Amazon SES, `directory` to files in the embedded run, `none` not at all. Production forbids `directory`.',
    ),
  MAIL_SENDER: z
    .email('expected an email address')
    .optional()
    .describe('Sender of emails. With `ses`, its domain must be a verified identity.'),
  MAIL_LINK_URL: address
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('URL of the gateway as recipients reach it: the base of the links in emails.'),
  MAIL_APP_URL: address.optional().describe('URL of the web client, to which emails link. Without it they do not.'),
  MAIL_LINK_KEY: z
    .base64({ error: 'expected base64' })
    .transform((value) => Buffer.from(value, 'base64'))
    .refine((key) => key.length >= 32, 'expected at least 32 bytes in base64')
    .optional()
    .describe('Key that signs the links in emails: 32 bytes in base64. A new key makes earlier links invalid.'),
  MAIL_DIRECTORY: z.string().optional().describe('With `directory`: the directory of the emails; created if missing.'),
  SES_ENDPOINT: address
    .optional()
    .describe("Endpoint of a service with the API of Amazon SES. Without it the region's own is used."),
};

export type MailSettings = z.output<z.ZodObject<typeof mailSettings>> & { AWS_REGION: string };

/** Rejects a transport without the variables that it needs. Use it as `schema.superRefine(completeMailSettings)`. */
export function completeMailSettings(
  settings: z.output<z.ZodObject<typeof mailSettings>> & { NODE_ENV: string },
  { addIssue }: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
): void {
  const transport = settings.MAIL_TRANSPORT;
  if (transport === 'none') return;
  if (transport === 'directory' && settings.NODE_ENV === 'production')
    addIssue({ code: 'custom', path: ['MAIL_TRANSPORT'], message: 'expected ses or none in production' });
  const needed = ['MAIL_SENDER', 'MAIL_LINK_URL', 'MAIL_LINK_KEY'] as const;
  for (const name of transport === 'directory' ? [...needed, 'MAIL_DIRECTORY' as const] : needed)
    if (settings[name] === undefined)
      addIssue({ code: 'custom', path: [name], message: `expected a value with MAIL_TRANSPORT=${transport}` });
}
