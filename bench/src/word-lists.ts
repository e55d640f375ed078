/** Ordered by frequency: earlier words are used more often. */
export const words =
  `cover night river paper colour line story winter garden letter silver harbour engine mirror feather
  window copper shadow orchard lantern market thunder velvet marble canyon pepper island meadow anchor castle ribbon
  desert falcon glacier hammer indigo jasmine kettle lagoon magnet nectar oyster pebble quartz ripple saffron timber
  umbrella violet walnut yarrow zephyr almond basalt cactus dahlia ember fennel ginger hazel iris juniper kelp lilac
  maple nutmeg olive pumice quince rosemary sorrel thyme urchin vanilla willow xylophone yucca zinnia`.split(/\s+/);

export const firstNames = `Ada Bela Cora Dario Edda Farid Greta Hugo Ida Jonas Kira Lars Mira Nils Oona Pavel Quinn Rosa
  Sven Tilda Ulf Vera Wim Xenia Yara Zeno`.split(/\s+/);

export const lastNames =
  `Abbott Brandt Castell Drummond Eriksen Falk Guerin Holm Ivarsson Jansen Kessler Lindgren Moreau
  Novak Okafor Petrov Quist Romero Sandoval Tanaka Ulrich Vasquez Weber Xu Yilmaz Zeman`.split(/\s+/);

export const cities = `Lisbon Leipzig Gothenburg Dakar Leeds Osaka Rosario Chennai Bergen Lyon Izmir Portland Bristol
  Hamburg Krakow Oslo Porto Turin Ghent Tartu`.split(/\s+/);

/** Slugs of taxonomy terms by category. */
export const terms = {
  AUDIENCE: ['adults', 'young-adults', 'children', 'toddlers', 'scholars', 'everyone'],
  STYLE: ['gouache', 'linocut', 'collage', 'vector', 'photography', 'lettering', 'comic', 'woodcut'],
  GENRE: ['noir', 'fantasy', 'romance', 'science-fiction', 'cookery', 'history', 'poetry', 'horror'],
  IMAGE_TAG: ['neon', 'paper', 'ink', 'portrait', 'landscape', 'pattern', 'map', 'animal'],
  PROJECT_TYPE: ['cover', 'illustration', 'lettering', 'picture-book', 'poster', 'animation'],
};
