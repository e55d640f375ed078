import { ProfileStatus } from '../profiles/profile-status.js';

/** An example freelancer. Terms are referred to by their labels. */
export interface ExampleFreelancer {
  /** The number of the user, see `exampleId`. */
  person: number;
  name: string;
  pronouns: string;
  place: string;
  status: ProfileStatus;
  featured?: boolean;
  summary: string;
  statement: string;
  audiences: string[];
  styles: string[];
  genres: string[];
  imageTags: string[];
  books: string[];
  rate: string;
  agent?: string;
  ai?: string;
  /** Titles of the portfolio assets, in order. */
  pieces: string[];
}

const { APPROVED, SUBMITTED, UNDER_REVIEW, CHANGES_REQUESTED, DRAFT } = ProfileStatus;

export const exampleFreelancers: readonly ExampleFreelancer[] = [
  {
    person: 11,
    name: 'Noor Adeyemi',
    pronouns: 'she/her',
    place: 'Lisbon, Portugal',
    status: APPROVED,
    featured: true,
    summary: 'Gouache worlds for readers who still look under the bed.',
    statement: `I paint the moment just before something happens: the lamp going out, the tide turning, the fox
deciding. Twelve years of picture books taught me to leave room for the words, and for the child who adds to them.`,
    audiences: ['Early readers', 'Middle grade'],
    styles: ['Gouache', 'Watercolour'],
    genres: ['Picture book', 'Fantasy'],
    imageTags: ['Forest', 'Animals', 'Dragon'],
    books: ['The Salt Orchard', 'A Lantern for Wednesday'],
    rate: 'Covers from 900 EUR, picture books by agreement.',
    pieces: ['The Fox Who Kept Time', 'Under the Orchard', 'Tide table, a map in four seasons'],
  },
  {
    person: 12,
    name: 'Jonas Brandt',
    pronouns: 'he/him',
    place: 'Berlin, Germany',
    status: APPROVED,
    summary: 'Typographic covers with one idea each.',
    statement: `A cover has to work at the size of a stamp and across a shop. I start with the title, take away what
does not help it, and stop when taking away more would hurt.`,
    audiences: ['Adults', 'Scholars'],
    styles: ['Typographic', 'Vector'],
    genres: ['Crime', 'Popular science', 'Literary fiction'],
    imageTags: ['Abstract', 'City at night'],
    books: ['Every Third Door', 'The Weight of Numbers'],
    rate: '1200 EUR a cover, two rounds.',
    agent: 'Represented by Atelier Nord for series work.',
    pieces: ['Every Third Door', 'Noise, a field guide', 'Series grid for a crime list'],
  },
  {
    person: 13,
    name: 'Sora Lindqvist',
    pronouns: 'they/them',
    place: 'Remote',
    status: CHANGES_REQUESTED,
    summary: 'Pixel art and animated covers.',
    statement: 'I make small things move. My covers loop in under three seconds and load faster than the blurb.',
    audiences: ['Young adult', 'New adult'],
    styles: ['Pixel art', 'Digital painting'],
    genres: ['Science fiction', 'Comics'],
    imageTags: ['Spaceships', 'Machines'],
    books: ['Orbital Decay for Beginners'],
    rate: 'From 600 EUR for a loop.',
    ai: 'I use interpolation for in-between frames; every key frame is drawn by hand.',
    pieces: ['Docking, 48 frames'],
  },
  {
    person: 101,
    name: 'Amara Diallo',
    pronouns: 'she/her',
    place: 'Dakar, Senegal',
    status: APPROVED,
    featured: true,
    summary: 'Pattern and colour for picture books and poetry.',
    statement: `I grew up between a tailor's shop and a library, and my pages still look like both. I print patterns by
hand, scan them, and build pictures that children can count.`,
    audiences: ['Babies and toddlers', 'Early readers', 'Collectors'],
    styles: ['Risograph', 'Collage'],
    genres: ['Picture book', 'Poetry'],
    imageTags: ['Pattern', 'Botanical', 'Food'],
    books: ['Ten Mangoes', 'The Tailor of Rain'],
    rate: 'Picture books from 6000 EUR.',
    pieces: ['Ten Mangoes', 'Market day, endpapers', 'A year of cloth'],
  },
  {
    person: 102,
    name: 'Pete Hallam',
    pronouns: 'he/him',
    place: 'Leeds, United Kingdom',
    status: APPROVED,
    summary: 'Linocuts of weather and dogs.',
    statement: `Everything I make is cut, inked and pressed in a cellar in Leeds. Two colours are plenty, three are a
luxury. I am good with moors, gales, patient animals and deadlines.`,
    audiences: ['Adults', 'Middle grade'],
    styles: ['Linocut', 'Woodcut'],
    genres: ['Historical fiction', 'Memoir', 'Poetry'],
    imageTags: ['Weather', 'Animals'],
    books: ['The Shepherd’s Almanac'],
    rate: '750 GBP a cover, prints extra.',
    pieces: ['Gale warning', 'Bess, waiting'],
  },
  {
    person: 103,
    name: 'Yuki Tanabe',
    pronouns: 'she/her',
    place: 'Osaka, Japan',
    status: APPROVED,
    summary: 'Quiet covers for loud novels.',
    statement: `I read the manuscript twice before I draw a line. Then I look for the object that everybody in the book
has touched, and I draw only that.`,
    audiences: ['Adults', 'Young adult'],
    styles: ['Pen and ink', 'Line art'],
    genres: ['Literary fiction', 'Crime', 'Horror'],
    imageTags: ['Portrait', 'Architecture', 'Abstract'],
    books: ['The Borrowed House', 'Nine Umbrellas'],
    rate: 'From 130000 JPY.',
    pieces: ['Nine Umbrellas', 'The kettle', 'Stairwell studies'],
  },
  {
    person: 104,
    name: 'Lucía Ferrante',
    pronouns: 'she/they',
    place: 'Rosario, Argentina',
    status: APPROVED,
    featured: true,
    summary: 'Lettering by hand, always.',
    statement: `Brush, chalk, nib or neon: if it spells something I have probably drawn it. I letter whole series so
that the spines talk to each other, and I never use the same A twice unless it asks me to.`,
    audiences: ['Adults', 'Young adult', 'New adult'],
    styles: ['Hand lettering', 'Typographic'],
    genres: ['Romance', 'Cookery', 'Travel'],
    imageTags: ['Pattern', 'Food', 'Botanical'],
    books: ['Salt, Lemon, Letter', 'Postcards from the Pampas'],
    rate: '800 USD a title, series by agreement.',
    agent: 'Cartel Sur, for the Americas.',
    pieces: ['Salt, Lemon, Letter', 'Alphabet of a grandmother', 'Neon for a night market'],
  },
  {
    person: 105,
    name: 'Dev Raman',
    pronouns: 'he/him',
    place: 'Chennai, India',
    status: UNDER_REVIEW,
    summary: 'Maps of places that are not there.',
    statement: `Fantasy needs rivers that run downhill. I draw maps that hold up to readers with rulers: coasts first,
then watersheds, then roads, and at the very end the dragons.`,
    audiences: ['Middle grade', 'Young adult', 'Adults'],
    styles: ['Pen and ink', 'Digital painting'],
    genres: ['Fantasy', 'Historical fiction'],
    imageTags: ['Maps', 'Sea', 'Dragon'],
    books: ['The Cartographer’s Apprentice'],
    rate: 'Maps from 450 USD.',
    pieces: ['The Nine Deltas', 'City plan of a drowned port'],
  },
  {
    person: 106,
    name: 'Hanne Solberg',
    pronouns: 'she/her',
    place: 'Bergen, Norway',
    status: APPROVED,
    summary: 'Photographs of fog, mostly.',
    statement: `I wait. Most of my covers are one exposure, made at an hour when nobody sensible is outside. I license
from an archive of eleven winters and shoot to a brief when the forecast is bad enough.`,
    audiences: ['Adults', 'Collectors'],
    styles: ['Photography', 'Charcoal'],
    genres: ['Crime', 'Horror', 'Memoir'],
    imageTags: ['Weather', 'Sea', 'Forest'],
    books: ['What the Ferry Knew'],
    rate: '500 EUR a licence, 1800 EUR a shoot.',
    pieces: ['What the Ferry Knew', 'Eleven winters'],
  },
  {
    person: 107,
    name: 'Théo Marchand',
    pronouns: 'he/they',
    place: 'Lyon, France',
    status: APPROVED,
    summary: 'Comics, and covers that move.',
    statement: `I storyboard every cover as if it were the first panel of the book. For animated editions I deliver the
still, the loop and the file that the next designer will thank you for.`,
    audiences: ['Young adult', 'Middle grade'],
    styles: ['Digital painting', 'Line art', 'Vector'],
    genres: ['Comics', 'Science fiction', 'Young detectives'],
    imageTags: ['City at night', 'Machines', 'Spaceships'],
    books: ['Le Métro Fantôme', 'Small Hours Detective Agency'],
    rate: '1000 EUR a cover, loops from 400 EUR.',
    ai: 'None in finished work; I let software sort my references.',
    pieces: ['Small Hours Detective Agency', 'Le Métro Fantôme, animated', 'Platform nine, night'],
  },
  {
    person: 108,
    name: 'Zeynep Aksoy',
    pronouns: 'she/her',
    place: 'Izmir, Türkiye',
    status: SUBMITTED,
    summary: 'Collage with scissors and glue.',
    statement: `My archive is four rooms of magazines nobody wanted. I cut, move and glue until a stranger appears who
could be your main character, and then I photograph them in daylight.`,
    audiences: ['Adults', 'New adult'],
    styles: ['Collage', 'Photography'],
    genres: ['Literary fiction', 'Memoir', 'Romance'],
    imageTags: ['Portrait', 'Botanical', 'Pattern'],
    books: ['The Museum of Small Excuses'],
    rate: '700 EUR a cover.',
    pieces: ['The Museum of Small Excuses', 'Aunts, a series'],
  },
  {
    person: 109,
    name: 'Caleb Whitlock',
    pronouns: 'he/him',
    place: 'Portland, United States',
    status: DRAFT,
    summary: 'Spaceships. Also teapots.',
    statement: 'Oil on board, photographed under a skylight. I am still writing this.',
    audiences: ['Adults'],
    styles: ['Oil painting'],
    genres: ['Science fiction'],
    imageTags: ['Spaceships', 'Food'],
    books: [],
    rate: 'Ask me.',
    pieces: ['Teapot in low orbit'],
  },
];
