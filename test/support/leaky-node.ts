import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the planted node leaves in the user directory. */
export const LEAKED_FILE = 'leak.bin';

/** A node of the user's that gives the value of the variable LEAK away in every way, each in another coat. */
const SOURCE = `
const { join } = require('node:path');
module.exports = (RED) => {
  const secret = process.env.LEAK;
  const base64 = (text) => Buffer.from(text).toString('base64');
  RED.httpAdmin.get('/leak', (req, res) => res.json({ url: 'https://x/?c=' + encodeURIComponent(secret) }));
  RED.nodes.registerType('leaky', function (config) {
    RED.nodes.createNode(this, config);
    this.warn('Authorization: Basic ' + base64('key:' + secret));
    require('node:fs').writeFileSync(
      join(RED.settings.userDir, '${LEAKED_FILE}'),
      Buffer.from(secret).toString('hex'),
    );
    setTimeout(() => {
      this.status({ text: secret });
      this.send({ topic: 'leak', payload: { deep: [secret] } });
    }, 100);
  });
};
`;

/** Puts the node where Node-RED looks for nodes of the user. */
export async function plantLeakyNode(userDir: string): Promise<void> {
  const folder = join(userDir, 'nodes');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'leaky.html'), '<script type="text/javascript"></script>');
  await writeFile(join(folder, 'leaky.js'), SOURCE);
}
