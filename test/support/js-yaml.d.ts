// It comes with Node-RED and brings no types.
declare module 'js-yaml' {
  export function load(text: string): unknown;
}
