import { mutationRow, everyone, type Expected, queryRow, type Row, users } from '../row.js';
import { freelancer, asset, media } from '../subjects.js';

const moderated = { reviewer: 'ok', admin: 'ok' } as const;
const inside = { owner: 'ok', ...moderated } as const;

const link = { title: 'Tide', type: 'LINK', url: 'https://example.com/tide' };

/** Who sees a piece of work, and who changes it. */
export const portfolioRows: readonly Row[] = [
  seen('PUBLIC', 'APPROVED', everyone('ok')),
  seen('PUBLIC', 'PENDING', everyone('empty', inside)),
  seen('PUBLIC', 'REJECTED', everyone('empty', inside)),
  seen('PUBLIC', 'HIDDEN', everyone('empty', inside)),
  seen('INTERNAL', 'APPROVED', everyone('empty', { ...inside, hiring: 'ok' })),
  seen('INTERNAL', 'PENDING', everyone('empty', inside)),
  seen('HIDDEN', 'APPROVED', everyone('empty', inside)),

  mutationRow('addPortfolioAsset', '', freelancer, () => link, users('NOT_FOUND', { owner: 'ok', other: 'ok' })),
  mutationRow(
    'addPortfolioAsset',
    'with a file that the owner uploads',
    media('PORTFOLIO'),
    ({ id }) => ({ title: 'Tide', type: 'IMAGE', mediaId: id }),
    users('NOT_FOUND', { owner: 'ok' }),
  ),
  mutationRow(
    'updatePortfolioAsset',
    'that everyone sees',
    asset('PUBLIC', 'APPROVED'),
    ({ id }) => ({ assetId: id, title: 'Ebb' }),
    users('FORBIDDEN', { owner: 'ok' }),
  ),
  mutationRow(
    'updatePortfolioAsset',
    'that waits for a review',
    asset('PUBLIC', 'PENDING'),
    ({ id }) => ({ assetId: id, title: 'Ebb' }),
    users('NOT_FOUND', { owner: 'ok', reviewer: 'FORBIDDEN', admin: 'FORBIDDEN' }),
  ),
  mutationRow(
    'removePortfolioAsset',
    'that everyone sees',
    asset('PUBLIC', 'APPROVED'),
    ({ id }) => ({ assetId: id }),
    users('FORBIDDEN', { owner: 'ok' }),
  ),
  mutationRow(
    'removePortfolioAsset',
    'that the house alone sees',
    asset('INTERNAL', 'APPROVED'),
    ({ id }) => ({ assetId: id }),
    users('NOT_FOUND', { owner: 'ok', hiring: 'FORBIDDEN', reviewer: 'FORBIDDEN', admin: 'FORBIDDEN' }),
  ),
  {
    ...mutationRow(
      'reorderPortfolio',
      'with the assets of the owner',
      async (world) => {
        const { owner, id } = await asset('PUBLIC', 'APPROVED')(world);
        const { portfolio } = (await owner.query('{ myFreelancerProfile { portfolio { id } } }')).myFreelancerProfile;
        const [first] = portfolio;
        return { owner, id, within: first.id };
      },
      ({ id, within }) => ({ assetIds: [id, within] }),
      users('NOT_FOUND', { owner: 'ok', other: 'BAD_USER_INPUT' }),
    ),
  },
  mutationRow(
    'reviewPortfolioAsset',
    '',
    asset('PUBLIC', 'PENDING'),
    ({ id }) => ({ assetId: id, review: 'APPROVED' }),
    users('FORBIDDEN', moderated),
  ),
];

function seen(visibility: string, review: string, expected: Expected): Row {
  const document = '{ freelancer(id: $within) { portfolio { id } } }';
  const when = `a piece that is ${visibility} and ${review}`;
  return queryRow('FreelancerProfile.portfolio', when, asset(visibility, review), document, expected);
}
