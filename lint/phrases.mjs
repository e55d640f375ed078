/**
 * Turns of phrase that are hard to read or not idiomatic, each with the wording to use instead. Matching ignores case.
 * A relative pronoun is only flagged where it lacks its noun: "the caller who asks" is fine, "who asks" is not.
 */
const nounless = String.raw`(?:^|[.;:,(–] |\b(?:of|for|to|by|from|with|as|than|only) )`;

const phrases = [
  [
    `${nounless}(?:who|whoever)\\b(?! (?:is|are) ?\\?)`,
    'name the role: "the caller", "the client", "the user that ..."',
  ],
  [`${nounless}whom(?:ever)?\\b`, 'name the role: "the user that ...", "the caller for which ..."'],
  [`${nounless}whose\\b`, 'repeat the noun: "the socket whose user ..."'],
  [String.raw`\btell(?:s|ing)?\b(?! apart)|\btold\b`, '"reports", "returns", "shows", "states", "knows"'],
  [String.raw`\bso (?:many|much|often)\b`, '"the given number of", "N", or leave it out'],
  [String.raw`\bso long\b`, '"for the given time", "as long as"'],
  [String.raw`\blook(?:s|ed|ing)? at\b|\ba look\b|\blooks?\b between\b`, '"reads", "inspects", "checks", "polls"'],
  [String.raw`\b(?:ill|illness(?:es)?|unwell)\b`, '"failing", "unavailable", "unhealthy", "failure mode"'],
  [String.raw`\broads?\b`, '"path", "transport", "route"'],
  [String.raw`\bfaults?\b`, '"error", "failure", "violation"'],
  [
    String.raw`\bcounts? (?:any ?more|no more|here|as well|too|then|for pages)\b`,
    '"is valid", "also applies", "is included"',
  ],
  [String.raw`\bas a rule\b`, '"usually"'],
  [String.raw`\b(?:nobody|somebody|anybody|everybody)\b`, '"no client", "a user", "any caller", "every subscriber"'],
  [String.raw`\b(?:is|are|was|were) let\b|\blets? pass\b`, '"is allowed", "is accepted"'],
  [String.raw`\bin the way\b`, '"blocks", "prevents"'],
  [String.raw`\bbesides\b`, '"also", "in addition to", "other than"'],
  [String.raw`\bthat there (?:is|are)\b|\bof what there\b|\bnothing there is\b`, '"existing", "available", "all ..."'],
  [String.raw`\btakes? \w+ in\b(?! (?:order|place))`, '"accepts", "joins"'],
  [String.raw`(?<!there )\b(?:is|are) none\b`, '"does not exist", "is not a ..."'],
  [String.raw`\bno more\b`, '"no longer", "at most"'],
  [String.raw`\bof what\b`, 'use the noun'],
  [
    String.raw`\bwhat (?:is|was|are|were|has|had|comes|came|waits|fails|failed|goes|went|belongs|lies|stays|stands|they|it|he|she|a|an|the|others|clients|subgraphs|everyone|of|no)\b`,
    'use the noun that it stands for: "the events that ...", "the result of ..."',
  ],
  [String.raw`\bof an? \w+ what\b|\bwhat of (?:it|them|its|an?|the)\b`, '"the parts of ... that"'],
  [String.raw`\bat the (?:least|most)\b`, '"at least", "at most"'],
  [String.raw`\b(?:this|that|these) very\b`, '"this", "the same"'],
  [String.raw`\bhears? of\b|\bhas heard of\b`, '"receives", "learns about"'],
  [String.raw`\bin (?:its|their) turn\b`, '"in sequence", "then"'],
  [String.raw`\bstands? (?:beside|before|behind|in for)\b|\blies? there\b`, '"runs next to", "in front of", "exists"'],
  [String.raw`\b(?:is|are|be) to (?:be|go|come|see|have|show|make)\b`, '"must", "should", "will"'],
  [String.raw`\bwithout (?:regard|need) (?:to|of) (?:who|what)\b`, '"regardless of the ..."'],
  [String.raw`\b(?:front )?door\b`, '"landing page", "entry point"'],
  [String.raw`\bwardens?\b|\bleft-?overs?\b|\barenas?\b`, '"watchdog", "orphans", "testbed"'],
].map(([source, instead]) => ({ pattern: new RegExp(source, 'i'), instead }));

/** The first phrase that a text contains, with the words that matched. */
export function findPhrase(text) {
  for (const { pattern, instead } of phrases) {
    const [match] = pattern.exec(text) ?? [];
    if (match !== undefined) return { match: match.trim(), instead };
  }
  return undefined;
}
