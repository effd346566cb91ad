// What a clock on a wall in New York shows: the zone of the server and its daylight saving time are none of our business.
const NEW_YORK = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});
const newYork = (at) => {
  const parts = NEW_YORK.formatToParts(at);
  const part = (type) => parts.find((one) => one.type === type).value;
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
};
