const HOOK = new URL('without-package-hook.js', import.meta.url).href;

/** Environment of a Node.js process where `import(…)` of these packages fails as if they were not installed. */
export function withoutPackages(...packages: readonly string[]): NodeJS.ProcessEnv {
  return {
    NODE_OPTIONS: [process.env['NODE_OPTIONS'], `--import=${HOOK}`].filter(Boolean).join(' '),
    WITHOUT_PACKAGES: packages.join(' '),
  };
}
