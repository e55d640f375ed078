import { readFile } from 'node:fs/promises';
import { unusedPackages } from '../unused-packages.mjs';

const lockFile = new URL('../../package-lock.json', import.meta.url);

/** The services whose images are published, by the folder of their package. */
function imageFolders(subgraphs) {
  return { gateway: 'gateway', ...Object.fromEntries(subgraphs.map(({ name }) => [name, `subgraphs/${name}`])) };
}

/** The licences that images may carry. Any other needs a decision, and an entry here. */
const allowed = {
  '0BSD': 'BSD Zero Clause License',
  'Apache-2.0': 'Apache License 2.0',
  'BSD-2-Clause': 'BSD 2-Clause License',
  'BSD-3-Clause': 'BSD 3-Clause License',
  'BlueOak-1.0.0': 'Blue Oak Model License 1.0.0',
  'Elastic-2.0': 'Elastic License 2.0',
  ISC: 'ISC License',
  'LGPL-3.0-or-later': 'GNU Lesser General Public License 3.0 or later',
  MIT: 'MIT License',
  'Python-2.0': 'Python License 2.0',
};

/** Explanations of licences with conditions for operators. The texts themselves are in the folders of the packages. */
const terms = {
  'Elastic-2.0': `These packages of Apollo plan queries. The licence allows use, change and redistribution, and forbids to
  - provide them to third parties as a hosted or managed service that gives access to a substantial set of their features;
  - move, change, disable or circumvent the functionality of licence keys;
  - alter, remove or obscure notices of the licensor.
The graph is a service of its own that uses them inside. Whoever offers a federation gateway as a product to others
needs an agreement with Apollo, or another planner.`,
  'LGPL-3.0-or-later': `sharp loads libvips as a shared library, unchanged. Whoever has the image may replace the file of the
library in node_modules/@img by a version of their own. Its source is at https://github.com/libvips/libvips, and the
build scripts are at https://github.com/lovell/sharp-libvips.`,
};

/** The text of NOTICE: every package that an image carries, by licence, with the images that carry it. */
export async function noticeFile(subgraphs) {
  const { packages } = JSON.parse(await readFile(lockFile, 'utf8'));
  const carried = carriedPackages(packages, imageFolders(subgraphs));
  const licences = [...new Set([...carried.values()].map(({ licence }) => licence))].sort();
  const sections = licences.map((licence) =>
    section(
      licence,
      [...carried.values()].filter((one) => one.licence === licence),
    ),
  );
  return [header, ...sections].join('\n');
}

const header = `Marquee
Licensed under the Apache License 2.0: see LICENSE.

The images of the services contain the packages below. Each package has its licence in its folder in node_modules, and
/app/sbom.cdx.json in an image lists the exact content of that image. Packages that only build or test are not
listed. This file is generated from package-lock.json by \`npm run generate\`.
`;

function section(licence, found) {
  const lines = found.map(({ name, images }) => `  ${name} (${[...images].sort().join(', ')})`).sort();
  const term = terms[licence] ? `${terms[licence]}\n\n` : '';
  return `\n${allowed[licence]} (${licence})\n${'='.repeat(allowed[licence].length + licence.length + 3)}\n\n${term}${lines.join('\n')}\n`;
}

/** The packages of all images by name and licence. @throws Error if one has a licence that is not allowed */
function carriedPackages(packages, folders) {
  const carried = new Map();
  for (const [image, folder] of Object.entries(folders))
    for (const path of closure(packages, folder)) {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const { version, license } = packages[path];
      const licence = chosenLicence(`${name} ${version}`, license);
      const known = carried.get(`${name} ${licence}`) ?? { name, licence, images: new Set() };
      carried.set(`${name} ${licence}`, known);
      known.images.add(image);
    }
  return carried;
}

/** Of several licences to choose from, an allowed one; of several that all apply, the strictest. */
function chosenLicence(name, license = '') {
  const words = license.replace(/[()]/g, '');
  const choices = words.split(' OR ').filter((choice) => choice.split(' AND ').every((one) => one in allowed));
  const [choice] = choices;
  if (choice === undefined) throw new Error(`${name} has the licence "${license}", which images may not carry yet.`);
  const parts = choice.split(' AND ');
  return parts.find((one) => one in terms) ?? parts[0];
}

/** The paths of the production packages of a workspace, as Node resolves them, for Linux with glibc. */
function closure(packages, folder) {
  const paths = new Set();
  const pending = [folder];
  for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
    // A service that was added has no entry before its packages are installed.
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta = {} } = packages[from] ?? {};
    const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta[name]?.optional);
    const names = [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
    for (const found of names.map((name) => resolve(packages, from, name)))
      if (found !== undefined && !paths.has(found) && isCarried(`/${found}`, packages[found])) {
        if (found.includes('node_modules/')) paths.add(found);
        pending.push(found);
      }
  }
  return paths;
}

/** Also the packages below the folder of a scope. */
const unusedFolder = new RegExp(unusedPackages.source.replace(/\$$/, '(/|$)'));

/** Workspaces are links to their folders. */
function resolve(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    const found = packages[path];
    if (found) return found.link ? found.resolved : path;
    if (folder === '') return undefined;
  }
}

function isCarried(path, { os = ['linux'], cpu, libc = ['glibc'] }) {
  if (unusedFolder.test(path)) return false;
  const isBuilt = cpu === undefined || cpu.includes('x64') || cpu.includes('arm64');
  return os.includes('linux') && libc.includes('glibc') && isBuilt;
}
