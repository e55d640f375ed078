import { diagram } from './state-diagram.js';
import { jobMachine } from '../jobs/job-machine.js';
import { profileMachine } from '../profiles/profile-machine.js';
import { proposalMachine } from '../proposals/proposal-machine.js';

const start = '<!-- machines: made by `npm run docs` -->';
const end = '<!-- end of machines -->';

/** Each machine with its heading; all are drawn from the tables that the service runs on. */
function sections(): string {
  return [
    `### Freelancer profiles\n\n${diagram(profileMachine)}`,
    `### Jobs\n\n${diagram(jobMachine)}`,
    `### Proposals\n\n${diagram(proposalMachine)}`,
  ].join('\n\n');
}

/** The text of the README with the machines as they are now. */
export function readmeWith(text: string): string {
  const [before = '', rest = ''] = text.split(start);
  const after = rest.split(end)[1] ?? '';
  return `${before}${start}\n\n${sections()}\n\n${end}${after}`;
}
