import { offerCopies } from './front/copying.js';
import { offerExamples } from './front/examples.js';
import { followStatus } from './front/status.js';
import { offerTokens } from './front/token.js';

offerCopies();
offerTokens();
offerExamples();
followStatus();
