import { alertFigures } from './alerts.js';
import { mqttFeedFigures } from './mqtt-feed.js';
import { socketFigures } from './sockets.js';

const figures = [...(await socketFigures()), ...alertFigures(), ...(await mqttFeedFigures())];
if (process.argv.includes('--json')) for (const figure of figures) console.log(JSON.stringify(figure));
else
  console.table(
    figures.map(({ name, value, unit, ratio, ratioTo }) => ({
      figure: name,
      value: `${value} ${unit}`,
      ratio,
      to: ratioTo,
    })),
  );
process.exit(0);
