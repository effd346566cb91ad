import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { nodes as dashboard } from '../example-flows/dashboard.mjs';
import { nodes as dayReport } from '../example-flows/day-report.mjs';
import { nodes as drawdownGuard } from '../example-flows/drawdown-guard.mjs';
import { nodes as email } from '../example-flows/email.mjs';
import { nodes as escalation } from '../example-flows/escalation.mjs';
import { nodes as executionLog } from '../example-flows/execution-log.mjs';
import { nodes as failover } from '../example-flows/failover.mjs';
import { nodes as grafanaInfluxdb } from '../example-flows/grafana-influxdb.mjs';
import { nodes as homeAssistantFeed } from '../example-flows/home-assistant-feed.mjs';
import { nodes as homeAssistant } from '../example-flows/home-assistant.mjs';
import { nodes as mqttFeed } from '../example-flows/mqtt-feed.mjs';
import { nodes as mqtt } from '../example-flows/mqtt.mjs';
import { nodes as netWorth } from '../example-flows/net-worth.mjs';
import { nodes as ntfy } from '../example-flows/ntfy.mjs';
import { nodes as optionExpiry } from '../example-flows/option-expiry.mjs';
import { nodes as orderFills } from '../example-flows/order-fills.mjs';
import { nodes as telegram } from '../example-flows/telegram.mjs';
import { filledNodes } from './filled-nodes.mjs';

// examples/flows/*.json are what users import. Their functions and templates are files of their own
// (example-flows/functions, example-flows/dashboard), what they share is written once, and this puts it in.
const flows = {
  'alerts-dashboard.json': dashboard,
  'alerts-email.json': email,
  'alerts-escalation.json': escalation,
  'alerts-home-assistant.json': homeAssistant,
  'alerts-mqtt.json': mqtt,
  'alerts-ntfy.json': ntfy,
  'alerts-telegram.json': telegram,
  'day-report.json': dayReport,
  'drawdown-guard.json': drawdownGuard,
  'execution-log.json': executionLog,
  'failover.json': failover,
  'grafana-influxdb.json': grafanaInfluxdb,
  'home-assistant.json': homeAssistantFeed,
  'mqtt.json': mqttFeed,
  'net-worth.json': netWorth,
  'option-expiry.json': optionExpiry,
  'order-fills.json': orderFills,
};

const sources = new URL('../example-flows/', import.meta.url);
const folder = new URL('../examples/flows/', import.meta.url);
const isCheck = process.argv.includes('--check');

for (const [name, nodes] of Object.entries(flows)) {
  const path = new URL(name, folder);
  const made = filledNodes(sources, nodes);
  if (!isCheck) writeFileSync(path, await formatted(path, made));
  else if (!isDeepStrictEqual(JSON.parse(readFileSync(path, 'utf8')), JSON.parse(JSON.stringify(made)))) {
    console.error(
      `examples/flows/${name} is older than its sources: run node scripts/make-example-flows.mjs`,
    );
    process.exitCode = 1;
  }
}

async function formatted(path, value) {
  const { format, resolveConfig } = await import('prettier');
  return await format(JSON.stringify(value), { ...(await resolveConfig(path)), parser: 'json' });
}
