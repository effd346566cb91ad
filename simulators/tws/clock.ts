const ZONE = 'America/New_York';

const parts = (at: Date): { readonly date: string; readonly time: string; readonly zone: string } => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: ZONE,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  const found = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => found.get(type) ?? '';
  return {
    date: `${of('year')}${of('month')}${of('day')}`,
    time: `${of('hour')}:${of('minute')}:${of('second')}`,
    zone: of('timeZoneName'),
  };
};

/** `20260105 09:30:00 EST` */
export const connectionTime = (at: Date): string => {
  const { date, time, zone } = parts(at);
  return `${date} ${time} ${zone}`;
};

/** `20230306 12:28:30 America/New_York`; old servers left two blanks and no zone (recorded at sv 164). */
export const orderTime = (at: Date, serverVersion: number): string => {
  const { date, time } = parts(at);
  return serverVersion < 170 ? `${date}  ${time}` : `${date} ${time} ${ZONE}`;
};

export const zonedTime = (at: Date): string => orderTime(at, Infinity);

/** `HH:mm`, all that message 8 says. */
export const minuteOfDay = (at: Date): string => parts(at).time.slice(0, 5);
