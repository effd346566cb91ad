import assert from 'node:assert/strict';
import { blocksIn, contentsOf, inlineTags, wordsOf, type HelpBlock } from '../support/help-blocks.js';
import {
  editorTexts,
  ENGLISH,
  filesOf,
  helpOf,
  LANGUAGES,
  languagesOf,
  nodeFolders,
  textsOf,
} from '../support/locales.js';

/** Texts that may be the same in every language: names, units, examples. */
const SAME_EVERYWHERE = new Set([
  'account sync',
  'alert',
  'mqtt feed',
  'Interactive Brokers',
  'Charles Schwab',
  'Home Assistant',
  'Node-RED',
  'Trader API',
  'Callback URL',
  'https://127.0.0.1/?code=…',
  '%',
  'x',
]);
const ALSO_SAME: Readonly<Record<string, ReadonlySet<string>>> = {
  de: new Set(['Name', 'Host', 'Port', 'Login', 'optional', 'Orders', 'Symbol', 'Discovery']),
  ja: new Set(['Query ID']),
};
/** What the programs and pages of others show in English, whatever the language. */
const NAMES_OF_OTHERS = [
  'TWS',
  'IB Gateway',
  'Global Configuration → API → Settings',
  'ActiveX and Socket Clients',
  'Read-Only API',
  'Trusted IPs',
  'Client Portal',
  'Flex Web Service',
  'Flex Quer',
  'Interactive Brokers',
  'Charles Schwab',
  'Performance & Reports → Flex Queries',
  'Activity Flex Query',
  'Last Business Day',
  'Account Information',
  'Net Asset Value in Base',
  'Cash Report',
  'Open Positions',
  'Trader API',
  'Accounts and Trading Production',
  'Market Data Production',
  'Ready For Use',
  'developer.schwab.com',
  'https://127.0.0.1',
  'Home Assistant',
  'Grafana',
  'brokerage.write',
  'brokerage.read',
  'flows.write',
];
/** How a language quotes; the marks of English are none of its own. */
const QUOTES: Readonly<Record<string, RegExp>> = {
  de: /^[^"“”„]*(?:„[^"“”„]*“[^"“”„]*)*$/,
  ja: /^[^"“”„「」]*(?:「[^"“”„「」]*」[^"“”„「」]*)*$/,
};
const CJK = '[\\u3000-\\u30ff\\u4e00-\\u9fff\\uff00-\\uff60]';
/** A line break in the source would be seen as a gap. */
const GAP = new RegExp(`${CJK} +${CJK}`);

/** Placeholders of the catalogue, and names that a template fills in. */
const PLACEHOLDERS = /__\w+?__|\{\{\w+\}\}/g;
const placeholdersIn = (text: string) => [...text.matchAll(PLACEHOLDERS)].map(String).toSorted();
const isName = (text: string, language: string) =>
  SAME_EVERYWHERE.has(text) ||
  ALSO_SAME[language]?.has(text) === true ||
  text.replaceAll(PLACEHOLDERS, '').trim() === '';
/** Limits, ports, years; below ten a language may use words. */
const figuresIn = (text: string) => [...text.matchAll(/\d{2,}/g)].map(String).toSorted();
const namesIn = (text: string) => NAMES_OF_OTHERS.filter((name) => text.includes(name));
const blocksOf = (node: string, language: string) => blocksIn(helpOf(node, language));

/** Both languages' texts of each key that both have. */
function pairs(node: string, language: string): (readonly [string, string, string])[] {
  const texts = textsOf(node, language);
  return [...textsOf(node, ENGLISH)].map(([key, english]) => [key, english, texts.get(key) ?? ''] as const);
}

/** Both languages' blocks of a help. */
function blockPairs(node: string, language: string): (readonly [HelpBlock, HelpBlock])[] {
  const others = blocksOf(node, language);
  return blocksOf(node, ENGLISH).flatMap((block, index) => {
    const other = others[index];
    return other === undefined ? [] : [[block, other] as const];
  });
}

/** Names in a block that may be labels of the dialog: what is emphasized, or a term with its parts. */
function phrasesIn(block: HelpBlock): readonly string[] {
  const isLabel = block.tag.startsWith('<dt') && !block.html.includes('<');
  const terms = isLabel ? wordsOf(block).split(/, |、/) : [];
  return [...contentsOf(block, 'b'), ...contentsOf(block, 'i'), ...terms].map((text) => text.toLowerCase());
}

describe('the texts of the editor', () => {
  for (const node of nodeFolders()) {
    it(`of ${node} are there in every language`, () => {
      assert.deepEqual(languagesOf(node), [...LANGUAGES, ENGLISH].toSorted());
      for (const language of LANGUAGES)
        assert.deepEqual(filesOf(node, language), [`${node}.html`, `${node}.json`]);
      assert.deepEqual(filesOf(node, ENGLISH), [`${node}.html`, `${node}.json`]);
    });
    for (const language of LANGUAGES) {
      describe(`of ${node} in ${language}`, () => {
        it('have the keys of the English ones, in their order', () => {
          assert.deepEqual([...textsOf(node, language).keys()], [...textsOf(node, ENGLISH).keys()]);
        });

        it('are all translated, but for names', () => {
          const same = pairs(node, language).filter(
            ([, english, text]) => text === english && !isName(text, language),
          );
          assert.deepEqual(same, []);
        });

        it('say nothing where the English ones say nothing, and something elsewhere', () => {
          const outline = (text: string) => [text === '', text.startsWith(' '), text.trim() === ''];
          for (const [key, english, text] of pairs(node, language))
            assert.deepEqual(outline(text), outline(english), key);
        });

        it('keep the placeholders', () => {
          for (const [key, english, text] of pairs(node, language))
            assert.deepEqual(placeholdersIn(text), placeholdersIn(english), key);
        });

        it('call what others show in English by its English name', () => {
          for (const [key, english, text] of pairs(node, language))
            assert.deepEqual(namesIn(text), namesIn(english), key);
          for (const [block, other] of blockPairs(node, language))
            assert.deepEqual(namesIn(wordsOf(other)), namesIn(wordsOf(block)), wordsOf(other));
        });

        it('name the same figures', () => {
          for (const [key, english, text] of pairs(node, language))
            assert.deepEqual(figuresIn(text), figuresIn(english), key);
          for (const [block, other] of blockPairs(node, language))
            assert.deepEqual(figuresIn(other.html), figuresIn(block.html), other.html);
        });

        it('quote as the language does, without gaps', () => {
          const texts = [...textsOf(node, language).values(), ...blocksOf(node, language).map(wordsOf)];
          const quotes = QUOTES[language];
          assert.ok(quotes);
          for (const text of texts) {
            assert.match(text, quotes);
            assert.doesNotMatch(text, GAP);
          }
        });

        it('have a help of the same form, about the same code', () => {
          const tagsIn = (of: string) => blocksOf(node, of).map(({ tag }) => tag);
          assert.deepEqual(tagsIn(language), tagsIn(ENGLISH));
          for (const [block, other] of blockPairs(node, language)) {
            assert.deepEqual(inlineTags(other), inlineTags(block), other.html);
            assert.deepEqual(contentsOf(other, 'code'), contentsOf(block, 'code'));
            assert.equal(wordsOf(other) === '', wordsOf(block) === '', block.html);
          }
        });

        it('have a help that names properties as they are, and their types as Node-RED does', () => {
          const types = editorTexts(language);
          const typed = (type: string) =>
            type.replaceAll(/\w+/g, (word) => types.get(`common.type.${word}`) ?? word);
          let terms = 0;
          for (const [block, other] of blockPairs(node, language)) {
            if (!block.tag.startsWith('<dt')) continue;
            const isProperty = block.html.includes('property-type') || block.html.startsWith('brokerage/');
            if (!isProperty) continue;
            terms += 1;
            const [type] = contentsOf(block, 'span');
            const expected = type === undefined ? block.html : block.html.replace(type, typed(type));
            assert.equal(other.html, expected);
          }
          assert.ok(terms > 0 || node.endsWith('-config'));
        });

        it('have a help that calls what is in the dialog by the same words', () => {
          // What account-sync's dialog says is quoted by the help of the others.
          const all = [node, 'account-sync'].flatMap((of) => pairs(of, language));
          let named = 0;
          for (const [block, other] of blockPairs(node, language))
            for (const phrase of phrasesIn(block)) {
              const meant = all.filter(([, english]) => english.toLowerCase() === phrase);
              if (meant.length === 0) continue;
              named += 1;
              const phrases = phrasesIn(other);
              const isNamed = meant.some(([, , text]) => phrases.includes(text.toLowerCase()));
              assert.ok(isNamed, `${phrase}: ${meant.map(([, , text]) => text).join(', ')} in ${other.html}`);
            }
          assert.ok(named > 0);
        });
      });
    }
  }
});
