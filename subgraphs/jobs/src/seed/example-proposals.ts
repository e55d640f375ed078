import { type Proposal, ProposalStatus } from '../proposals/proposal-model.js';
import { exampleId, exampleProfileId } from './example-ids.js';
import { exampleJobId } from './job-rows.js';

const { DRAFT, SUBMITTED, SHORTLISTED, DECLINED, WITHDRAWN, ACCEPTED } = ProposalStatus;

/** Index of the job, number of the user, status, pitch, quote and estimated days of each proposal. */
const exampleProposals: readonly [
  job: number,
  person: number,
  ProposalStatus,
  pitch: string,
  quote: string,
  days: number,
][] = [
  [0, 103, ACCEPTED, 'A crossing seen from above, the rope as the only line. Quiet, as the book is.', '1200 EUR', 30],
  [0, 12, DECLINED, 'The title set so that the two words never quite meet across the fold.', '1100 EUR', 25],
  [0, 106, DECLINED, 'I would photograph real glass in real fog, which I have plenty of.', '1400 EUR', 20],
  [0, 104, WITHDRAWN, 'Lettering that runs around the jacket like a ferry cable.', '1000 EUR', 28],
  [3, 12, SHORTLISTED, 'Eleven windows, ten of them lit. The title is the gap.', '1500 EUR', 21],
  [3, 103, SUBMITTED, 'A night train as a single brush stroke, with the windows left out of it.', '1450 EUR', 24],
  [3, 106, SUBMITTED, 'Long exposure from an actual embankment. I know the driver.', '1300 EUR', 18],
  [3, 104, DRAFT, 'Platform lettering, enamel, a little chipped.', '1350 EUR', 20],
  [4, 11, SHORTLISTED, 'The whale is already in my sketchbook; it has been waiting for a ledger.', '4800 EUR', 150],
  [4, 101, SUBMITTED, 'Pattern for the sea, one that changes with every page and never repeats.', '4500 EUR', 140],
  [4, 102, SUBMITTED, 'Linocut in three colours. The keeper would look like my grandfather.', '4600 EUR', 160],
  [5, 102, SUBMITTED, 'I cut maps backwards every day. One block, two inks, as you ask.', '700 EUR', 40],
  [5, 103, DECLINED, 'The valley as a folded sheet, so that the water is where the fold is.', '800 EUR', 35],
  [6, 104, SHORTLISTED, 'Brush and walnut ink, written standing up, as one cooks.', '250 EUR each', 70],
  [6, 12, SUBMITTED, 'One alphabet drawn for the series, so that title six costs you nothing.', '300 EUR each', 60],
  [7, 107, SUBMITTED, 'Twelve frames: the field breathes, the dial glows, nobody comes.', '900 EUR', 18],
  [7, 101, WITHDRAWN, 'The static as a woven pattern that loosens at its edge.', '850 EUR', 20],
  [8, 101, SUBMITTED, 'One dahlia, past its best. The hedge is the type.', '780 EUR', 20],
  [8, 11, SUBMITTED, 'A deckchair with two dents in it.', '800 EUR', 15],
  [
    9,
    107,
    SUBMITTED,
    'Three covers that are one strip of forest; the lamp is a different hour in each.',
    '5800 EUR',
    200,
  ],
];

/** The rows of the example proposals. */
export function exampleProposalRows(now: number): Partial<Proposal>[] {
  return exampleProposals.map(([job, person, status, pitch, quote, estimatedDays], index) => {
    const at = new Date(now - (exampleProposals.length - index) * 60 * 60 * 1000);
    return {
      id: exampleId(10_101 + index),
      jobId: exampleJobId(job),
      profileId: exampleProfileId(person),
      ...{ pitch, quote, estimatedDays, status, createdAt: at, updatedAt: at },
    };
  });
}
