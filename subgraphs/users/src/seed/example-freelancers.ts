import type { ExamplePerson } from './example-people.js';

/** Further freelancers with portfolios, in addition to the people for sign-in. */
export const exampleFreelancers: readonly ExamplePerson[] = [
  freelancer('101', 'amara_diallo', 'Amara Diallo', 'she/her', 'Dakar, Senegal', 'Pattern, colour, picture books.'),
  freelancer('102', 'pete_hallam', 'Pete Hallam', 'he/him', 'Leeds, United Kingdom', 'Linocuts of weather and dogs.'),
  freelancer('103', 'yuki_tanabe', 'Yuki Tanabe', 'she/her', 'Osaka, Japan', 'Quiet covers for loud novels.'),
  freelancer('104', 'lucia_ferrante', 'Lucía Ferrante', 'she/they', 'Rosario, Argentina', 'Lettering by hand, always.'),
  freelancer('105', 'dev_raman', 'Dev Raman', 'he/him', 'Chennai, India', 'Maps of places that are not there.'),
  freelancer('106', 'hanne_solberg', 'Hanne Solberg', 'she/her', 'Bergen, Norway', 'Photographs of fog, mostly.'),
  freelancer('107', 'theo_marchand', 'Théo Marchand', 'he/they', 'Lyon, France', 'Comics, and covers that move.'),
  freelancer('108', 'zeynep_aksoy', 'Zeynep Aksoy', 'she/her', 'Izmir, Türkiye', 'Collage with scissors and glue.'),
  freelancer(
    '109',
    'caleb_whitlock',
    'Caleb Whitlock',
    'he/him',
    'Portland, United States',
    'Spaceships. Also teapots.',
  ),
];

function freelancer(
  number: string,
  handle: string,
  displayName: string,
  pronouns: string,
  location: string,
  bio: string,
): ExamplePerson {
  const sub = `example-freelancer-${number}`;
  const id = `019a0000-0000-7000-8000-000000000${number}`;
  const rest = { pronouns, location, bio, links: [], verified: false };
  return { id, sub, email: `${sub}@example.com`, role: 'FREELANCER', handle, displayName, ...rest };
}
