import type { ResolveHook } from 'node:module';

const hidden = (process.env['WITHOUT_PACKAGES'] ?? '').split(' ');

/** Looks for a hidden package from a folder that has none, so that the error is Node.js's own. */
export const resolve: ResolveHook = (specifier, context, nextResolve) => {
  const isHidden = hidden.some((name) => specifier === name || specifier.startsWith(`${name}/`));
  return nextResolve(specifier, isHidden ? { ...context, parentURL: 'file:///nowhere/at-all.js' } : context);
};
