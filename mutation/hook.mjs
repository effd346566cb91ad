const replacement = new URL('few-runs.mjs', import.meta.url).href;

/** Gives the tests `few-runs.mjs` where they ask for fast-check. */
export function resolve(name, context, next) {
  return name === 'fast-check' && context.parentURL !== replacement
    ? { url: replacement, shortCircuit: true }
    : next(name, context);
}
