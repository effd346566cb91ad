/** What the user pasted after signing in, or what is wrong with it in words. */
export type Pasted =
  | { readonly kind: 'code'; readonly code: string; readonly state: string | null }
  | { readonly kind: 'wrong'; readonly sentence: string };

/** Codes look like `C0.<base64>.<base64>@`; the `@` arrives as `%40` in an address. */
const BARE_CODE = /^[\w.~+/=-]{20,}(@|%40)?$/;

/**
 * Reads the address that the browser shows after the sign-in; its query alone, or the bare code, will do. It is
 * decoded once: a second time would make another code of it.
 */
export function readPasted(pasted: string): Pasted {
  // Mail programs and terminals break long lines.
  const text = pasted.replaceAll(/\s+/g, '');
  if (text === '') return wrong('Nothing was pasted. Copy the whole address line of the browser.');
  const query = queryOf(text);
  if (query === null)
    return BARE_CODE.test(text)
      ? { kind: 'code', code: text.replace(/%40$/i, '@'), state: null }
      : wrong('This is not the address that Schwab sent the browser to. Copy the whole address line.');
  const refusal = query.get('error');
  if (refusal !== null)
    return wrong(
      refusal === 'access_denied'
        ? 'The sign-in was not finished: Schwab says that access was denied. Press “Log in” again and accept.'
        : 'Schwab did not finish the sign-in. Check the app key and the callback URL, and log in again.',
    );
  const code = query.get('code');
  if (code !== null && code !== '') return { kind: 'code', code, state: query.get('state') };
  if (query.has('client_id'))
    return wrong(
      'This is the address of the sign-in page itself. Sign in there first, and copy the address that comes after it.',
    );
  return wrong('There is no code in this address. Copy the whole address line after the sign-in.');
}

function queryOf(text: string): URLSearchParams | null {
  if (URL.canParse(text) && text.includes('?')) return new URL(text).searchParams;
  const from = text.indexOf('?');
  const query = from >= 0 ? text.slice(from + 1) : text;
  return /(^|&)(code|error|client_id)=/.test(query) ? new URLSearchParams(query) : null;
}

function wrong(sentence: string): Pasted {
  return { kind: 'wrong', sentence };
}
