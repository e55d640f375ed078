import { parse, visit } from 'graphql';
import ts from 'typescript';

/**
 * Extracts the prose of a file: comments, messages and test titles of code, comments of configuration, sentences of
 * Markdown and descriptions of GraphQL.
 * @returns one entry for each text: `{ line, text }`
 */
export function textsOf(file, content) {
  if (/\.d\.ts$|package-lock\.json$/.test(file)) return [];
  if (/\.(ts|tsx|mjs|js)$/.test(file)) return codeTexts(file, content);
  if (/\.md$/.test(file)) return markdownTexts(content);
  if (/\.graphql$/.test(file)) return graphqlTexts(content);
  if (/\.(ya?ml|sh)$|Dockerfile$|^\.ci\//.test(file)) return hashComments(content);
  if (/\.css$/.test(file)) return blockComments(content);
  return [];
}

function codeTexts(file, content) {
  const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const tree = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, false, kind);
  const literals = [];
  const titles = [];
  visitCode(tree);
  if (/\.test\.ts$/.test(file)) return [...codeComments(content, literals), ...titles];
  return [...codeComments(content, literals), ...(hasMessages(file) ? messages(content, literals) : [])];

  function visitCode(node) {
    if (isLiteral(node)) literals.push([node.getStart(tree), node.end]);
    if (ts.isCallExpression(node) && isTestFunction(node.expression, tree)) addTitle(node.arguments[0]);
    ts.forEachChild(node, visitCode);
  }

  function addTitle(title) {
    if (title === undefined || !(ts.isStringLiteralLike(title) || ts.isTemplateExpression(title))) return;
    const start = title.getStart(tree);
    titles.push({ line: lineAt(content, start), text: content.slice(start + 1, title.end - 1) });
  }
}

/** Sources whose strings are messages, descriptions or titles; seeds and tests contain sample data. */
function hasMessages(file) {
  return /(^|\/)src\/.*\.ts$/.test(file) && !/(^|\/)(seed|test)\//.test(file);
}

/** String literals with at least four words, except SQL and GraphQL. */
function messages(content, literals) {
  return literals
    .map(([start, end]) => ({ line: lineAt(content, start), text: content.slice(start + 1, end - 1) }))
    .filter(({ text }) => /(?:[\w',.]+ ){3}\w/.test(text) && !/[{}]\s|\b(?:select|insert|from|where) /.test(text));
}

/** Nodes in which two slashes do not begin a comment. */
function isLiteral(node) {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isRegularExpressionLiteral(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node) ||
    ts.isJsxText(node)
  );
}

function isTestFunction(expression, tree) {
  return /^(it|test|describe|with\w+)\b/.test(expression.getText(tree));
}

function codeComments(content, literals) {
  const found = [];
  const comment = /\/\*[^]*?\*\/|(?:\/\/[^\n]*(?:\n[ \t]*(?=\/\/))?)+/g;
  for (const { 0: text, index } of withBlanks(content, literals).matchAll(comment))
    found.push({ line: lineAt(content, index), text: withoutMarkers(text) });
  return found;
}

/** The content with blanks in place of these ranges, so that positions stay. Nested ranges begin after their parents. */
function withBlanks(content, ranges) {
  let [text, position] = ['', 0];
  for (const [start, end] of ranges.sort(([one], [other]) => one - other)) {
    if (start < position) continue;
    text += content.slice(position, start) + ' '.repeat(end - start);
    position = end;
  }
  return text + content.slice(position);
}

function withoutMarkers(comment) {
  return comment
    .replace(/^\/\*\*?|\*\/$/g, '')
    .replace(/^[ \t]*(?:\/\/+|\*) ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function markdownTexts(content) {
  let isCode = false;
  return content.split('\n').flatMap((line, index) => {
    if (/^\s*```/.test(line)) isCode = !isCode;
    if (isCode || /^\s*(?:```|<!--|\|[ :|-]*$)/.test(line) || line.trim() === '') return [];
    return [{ line: index + 1, text: line.replace(/\]\([^)]*\)/g, ']') }];
  });
}

/** Descriptions, and comments of examples. */
function graphqlTexts(content) {
  const found = hashComments(content);
  visit(parse(content), {
    enter({ description }) {
      if (description) found.push({ line: description.loc.startToken.line, text: description.value });
    },
  });
  return found;
}

function hashComments(content) {
  return content.split('\n').flatMap((line, index) => {
    const [, text] = /(?:^|\s)#(?!!)\s?(.*)$/.exec(line) ?? [];
    return text ? [{ line: index + 1, text }] : [];
  });
}

function blockComments(content) {
  return [...content.matchAll(/\/\*[^]*?\*\//g)].map(({ 0: text, index }) => ({
    line: lineAt(content, index),
    text: withoutMarkers(text),
  }));
}

function lineAt(content, position) {
  let line = 1;
  for (let at = content.indexOf('\n'); at >= 0 && at < position; at = content.indexOf('\n', at + 1)) line += 1;
  return line;
}
