import { mutationRow, everyone, type Expected, queryRow, type Row, users } from '../row.js';
import { freelancer, asset, media } from '../subjects.js';

const moderated = { reviewer: 'ok', admin: 'ok' } as const;
const inside = { owner: 'ok', ...moderated } as const;

const link = { title: 'Tide', type: 'LINK', url: 'https://example.com/tide' };

/** Access to portfolio assets. */
export const portfolioRows: readonly Row[] = [
  visibilityRow('PUBLIC', 'APPROVED', everyone('ok')),
  visibilityRow('PUBLIC', 'PENDING', everyone('empty', inside)),
  visibilityRow('PUBLIC', 'REJECTED', everyone('empty', inside)),
  visibilityRow('PUBLIC', 'HIDDEN', everyone('empty', inside)),
  visibilityRow('INTERNAL', 'APPROVED', everyone('empty', { ...inside, hiring: 'ok' })),
  visibilityRow('INTERNAL', 'PENDING', everyone('empty', inside)),
  visibilityRow('HIDDEN', 'APPROVED', everyone('empty', inside)),

  mutationRow('addPortfolioAsset', '', freelancer, () => link, users('NOT_FOUND', { owner: 'ok', other: 'ok' })),
  mutationRow(
    'addPortfolioAsset',
    'with an upload of the owner',
    media('PORTFOLIO'),
    ({ id }) => ({ title: 'Tide', type: 'IMAGE', mediaId: id }),
    users('NOT_FOUND', { owner: 'ok' }),
  ),
  mutationRow(
    'updatePortfolioAsset',
    'that is public',
    asset('PUBLIC', 'APPROVED'),
    ({ id }) => ({ assetId: id, title: 'Ebb' }),
    users('FORBIDDEN', { owner: 'ok' }),
  ),
  mutationRow(
    'updatePortfolioAsset',
    'that is in review',
    asset('PUBLIC', 'PENDING'),
    ({ id }) => ({ assetId: id, title: 'Ebb' }),
    users('NOT_FOUND', { owner: 'ok', reviewer: 'FORBIDDEN', admin: 'FORBIDDEN' }),
  ),
  mutationRow(
    'removePortfolioAsset',
    'that is public',
    asset('PUBLIC', 'APPROVED'),
    ({ id }) => ({ assetId: id }),
    users('FORBIDDEN', { owner: 'ok' }),
  ),
  mutationRow(
    'removePortfolioAsset',
    'that is internal',
    asset('INTERNAL', 'APPROVED'),
    ({ id }) => ({ assetId: id }),
    users('NOT_FOUND', { owner: 'ok', hiring: 'FORBIDDEN', reviewer: 'FORBIDDEN', admin: 'FORBIDDEN' }),
  ),
  {
    ...mutationRow(
      'reorderPortfolio',
      'with the assets of the owner',
      async (context) => {
        const { owner, id } = await asset('PUBLIC', 'APPROVED')(context);
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

function visibilityRow(visibility: string, review: string, expected: Expected): Row {
  const document = '{ freelancer(id: $within) { portfolio { id } } }';
  const when = `an asset that is ${visibility} and ${review}`;
  return queryRow('FreelancerProfile.portfolio', when, asset(visibility, review), document, expected);
}
