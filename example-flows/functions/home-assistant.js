// An alert as Home Assistant's notify action takes it. `tag` lets the end of an alert replace its beginning.
const { alert, delivery, payload, title, topic } = msg;
const data = { tag: `brokerage-${alert.id}`, group: 'brokerage' };
// Only what is critical and begins now may ring through silence and sleep.
if (alert.severity === 'critical' && alert.state === 'firing') {
  data.push = { sound: { name: 'default', critical: 1, volume: 1 } }; // iOS
  Object.assign(data, { ttl: 0, priority: 'high', channel: 'alarm_stream' }); // Android
}
return {
  topic,
  alert,
  delivery: { ...delivery, expects: 'status' },
  requestTimeout: 20000,
  followRedirects: false, // a POST would arrive as a GET, and an answer of 200 would mean nothing
  payload: { title: title || topic, message: payload, data },
};
