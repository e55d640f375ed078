/** What Cognito tells before it makes tokens, as far as it is used here (version 2 of the event). */
export interface PreTokenEvent {
  request: { userAttributes: Readonly<Record<string, string | undefined>> };
  response: object;
}

/**
 * Adds the email to access tokens, once it is verified: the gateway reads those alone, and nobody gets a name from an
 * address that may be someone else's.
 */
export async function handler(event: PreTokenEvent): Promise<PreTokenEvent> {
  const { email, email_verified: isVerified, name } = event.request.userAttributes;
  const claimsToAddOrOverride = { ...(isVerified === 'true' && { email }), ...(name && { name }) };
  return {
    ...event,
    response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride } } },
  };
}
