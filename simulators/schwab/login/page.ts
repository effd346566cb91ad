import type { SchwabBook } from '../book/book.js';
import { htmlAnswer, type Answer } from '../answer.js';
import type { Authority } from './authority.js';
import type { App } from './token-endpoint.js';

export interface SignIn {
  readonly app: App;
  readonly authority: Authority;
  readonly book: SchwabBook;
}

const PATH = '/v1/oauth/authorize';

/** The pages that a person clicks through; the last one sends the browser back with a code. */
export const answerAuthorize = (query: URLSearchParams, { app, authority, book }: SignIn): Answer => {
  const redirectUri = query.get('redirect_uri') ?? '';
  const wrong = wrongWith(query, app);
  if (wrong !== null)
    return htmlAnswer(page('We are unable to complete your request', `<p>${wrong}</p>`), 401);
  const accounts = book.accounts.filter((number) => query.getAll('account').includes(number));
  if (query.get('done') === null) return htmlAnswer(page('Schwab (simulated)', form(query, book)));
  const code = authority.issueCode(redirectUri, accounts);
  return {
    status: 302,
    body: '',
    type: 'text/html',
    headers: { location: backTo(redirectUri, code, query) },
  };
};

/** Where the browser is sent; without a path of its own the address has a slash before the question mark. */
export const backTo = (redirectUri: string, code: string, query: URLSearchParams): string => {
  const hasPath = new URL(redirectUri).pathname !== '/';
  const state = query.get('state');
  const session = '0d1c2b3a-0000-4000-8000-00000000beef';
  return `${redirectUri}${hasPath ? '' : '/'}?code=${encodeURIComponent(code)}&session=${session}${
    state === null ? '' : `&state=${encodeURIComponent(state)}`
  }`;
};

const wrongWith = (query: URLSearchParams, { appKey, callbackUrls }: App): string | null => {
  if (query.get('response_type') !== 'code') return 'The address is not complete.';
  if (query.get('client_id') !== appKey) return 'The app is not known.';
  return callbackUrls.includes(query.get('redirect_uri') ?? '')
    ? null
    : 'The callback URL is not registered.';
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const form = (query: URLSearchParams, book: SchwabBook): string => {
  const hidden = ['response_type', 'client_id', 'redirect_uri', 'state']
    .flatMap((name) => {
      const value = query.get(name);
      return value === null ? [] : [`<input type="hidden" name="${name}" value="${escaped(value)}">`];
    })
    .join('\n');
  const boxes = book.accounts
    .map((number) => {
      const { nickName, type } = book.state(number);
      return `<label><input type="checkbox" name="account" value="${number}" checked> ${escaped(nickName)} …${number.slice(-4)} (${type})</label><br>`;
    })
    .join('\n');
  return `
<form method="get" action="${PATH}">
${hidden}
<p><label>Login ID <input name="user" value="demo" autocomplete="off"></label>
<label>Password <input name="password" type="password" value="demo" autocomplete="off"></label></p>
<p>The app asks to read these accounts:</p>
<p>${boxes}</p>
<button name="done" value="yes">Done</button>
</form>`;
};

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${title}</title>
<style>body { font: 1rem/1.6 system-ui, sans-serif; margin: 10vh auto; max-width: 32rem; padding: 0 1rem }</style>
<h1>${title}</h1>${body}</html>`;
