/** What partners see of a person: the name that is shown in public, and the picture. */
export const partner = {
  User: ['handle', 'displayName', 'avatar'],
  Media: ['contentType', 'width', 'height', 'url'],
};
