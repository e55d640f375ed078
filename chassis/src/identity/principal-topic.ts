/**
 * The topic of the bus with which the users service announces that the role or the activation of an account has changed.
 * Messages: `{ sub }`, the subject of the user's tokens.
 */
export const principalTopic = 'principal changed';
