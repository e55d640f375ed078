/** The used part of Cognito's pre-token-generation event, version 2. */
export interface PreTokenEvent {
  request: { userAttributes: Readonly<Record<string, string | undefined>> };
  response: object;
}

/**
 * Adds name and email to access tokens, which are the only tokens that the gateway reads. An unverified email is left
 * out, because it may belong to another person.
 */
export async function handler(event: PreTokenEvent): Promise<PreTokenEvent> {
  const { email, email_verified: isVerified, name } = event.request.userAttributes;
  const claimsToAddOrOverride = { ...(isVerified === 'true' && { email }), ...(name && { name }) };
  return {
    ...event,
    response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride } } },
  };
}
