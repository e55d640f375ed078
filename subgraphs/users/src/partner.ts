/** The fields of the contract `partner`: the public name of a person, and the picture. */
export const partner = {
  User: ['handle', 'displayName', 'avatar'],
  Media: ['contentType', 'width', 'height', 'url'],
};
