import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { unreadable } from './problems.js';

/**
 * The root of an answer. A document that declares types or entities is refused unread: none of IBKR's does, and entities
 * can be made to grow without end. The parser's own errors quote the document, so they are not passed on.
 * @throws ProtocolError
 */
export function rootOf(text: string): XmlElement {
  if (/<!(DOCTYPE|ENTITY)/i.test(text))
    throw unreadable(
      'doctype',
      "IBKR's Flex Web Service sent XML with a document type, which it never does. It was not read.",
    );
  const root = parsed(text);
  if (root === null)
    throw unreadable('bad-xml', "The answer of IBKR's Flex Web Service is damaged or was cut. Retrying.");
  return root;
}

/** Whatever a parser throws at text from outside, a stack that overflows too, says that the text is no XML of ours. */
function parsed(text: string): XmlElement | null {
  try {
    return parseXml(text).root;
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** The elements right below another. */
export function elementsIn(parent: XmlElement): readonly XmlElement[] {
  return parent.children.filter((child) => child instanceof XmlElement);
}

/** Those of a name. */
export function named(parent: XmlElement, name: string): readonly XmlElement[] {
  return elementsIn(parent).filter((element) => element.name === name);
}
