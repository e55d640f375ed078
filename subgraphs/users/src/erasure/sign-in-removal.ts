import { awsSettings } from '@marquee/chassis/config/settings';
import { errorInAnswer, postSigned } from '@marquee/chassis/http/signed-request';
import { z } from 'zod';

/** The variables of the user pool at which people sign in. */
export const signInSettings = {
  ...awsSettings,
  COGNITO_USER_POOL_ID: z
    .string()
    .optional()
    .describe('Cognito user pool from which the users of deleted accounts are removed. Without it none are.'),
  COGNITO_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Endpoint of a service with the administration API of Cognito. Without it the region's own is used."),
};

type SignInSettings = z.output<z.ZodObject<typeof signInSettings>>;

/** Rejects production without a user pool. Use it as `schema.refine(...userPoolInProduction)`. */
export const userPoolInProduction: [
  check: (settings: Pick<SignInSettings, 'COGNITO_USER_POOL_ID'> & { NODE_ENV: string }) => boolean,
  problem: { path: string[]; error: string },
] = [
  ({ NODE_ENV, COGNITO_USER_POOL_ID }) => NODE_ENV !== 'production' || COGNITO_USER_POOL_ID !== undefined,
  { path: ['COGNITO_USER_POOL_ID'], error: 'expected the id of the user pool at which people sign in' },
];

/** The users at the identity provider. */
export interface SignIns {
  /**
   * Disables and removes a user. Idempotent.
   * @param sub the subject of the tokens of the user
   * @returns whether there was such a user
   * @throws if the identity provider does not confirm it
   */
  remove(sub: string): Promise<boolean>;
}

/** Milliseconds for each request. */
const timeoutMs = 5_000;

/**
 * The users of a Cognito user pool. Of a pool in which people sign in by email, the subject is also the name of a user. A
 * user is disabled first, so that tokens can no longer be renewed if the removal fails.
 */
export function cognitoSignIns(settings: SignInSettings): SignIns {
  const { AWS_REGION: region, COGNITO_USER_POOL_ID: UserPoolId, COGNITO_ENDPOINT: endpoint } = settings;
  if (UserPoolId === undefined) return { remove: () => Promise.resolve(false) };
  const call = async (operation: string, Username: string): Promise<boolean> => {
    const { status, text } = await postSigned({
      service: 'cognito-idp',
      region,
      url: endpoint ?? `https://cognito-idp.${region}.amazonaws.com`,
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify({ UserPoolId, Username }),
      isEmulated: endpoint !== undefined,
      timeoutMs,
    });
    if (status === 200) return true;
    const error = errorInAnswer(text) ?? `HTTP ${status}`;
    if (/(^|#)UserNotFoundException/.test(error)) return false;
    // The rest of the message may contain the name of the user.
    throw new Error(`${operation} failed: HTTP ${status} ${error.split(':')[0]}`);
  };
  return {
    remove: async (sub) => (await call('AdminDisableUser', sub)) && (await call('AdminDeleteUser', sub)),
  };
}
