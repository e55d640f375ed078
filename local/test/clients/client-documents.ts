/** The operations that every client runs. Relay derives their names from the name of the module, `stock`. */
export const documents = {
  me: `query stockMeQuery { me { id displayName avatar { id } } }`,
  rename: `mutation stockRenameMutation($input: UpdateProfileInput!) {
    updateProfile(input: $input) { user { id displayName } }
  }`,
  messages: `query stockMessagesQuery($id: ID!, $first: Int!, $after: String) {
    conversation(id: $id) {
      id
      messages(first: $first, after: $after) {
        edges { cursor node { id body sender { id displayName } } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }`,
  messageAdded: `subscription stockMessageSubscription($conversationId: ID!, $after: Int) {
    messageAdded(conversationId: $conversationId, after: $after) { id sequence body sender { id displayName } }
  }`,
  queue: `query stockQueueQuery { me { id } reviewSummary { profiles { __typename } } }`,
  upload: `mutation stockUploadMutation($input: CreateUploadInput!) {
    createUpload(input: $input) { media { id } url fields { name value } }
  }`,
  avatar: `mutation stockAvatarMutation($input: UpdateProfileInput!) {
    updateProfile(input: $input) { user { id avatar { id status } } }
  }`,
} as const;

export type DocumentName = keyof typeof documents;
