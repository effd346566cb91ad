// Whether US stock exchanges trade on a day, `YYYY-MM-DD`. The holidays follow from rules (NYSE Rule 7.2).
const isTradingDay = (date) => {
  const DAY = 86400000;
  const [MONDAY, THURSDAY, SATURDAY, SUNDAY] = [1, 4, 6, 0];
  const at = Date.parse(`${date}T00:00:00Z`);
  const year = Number(date.slice(0, 4));
  const utc = (month, day) => Date.UTC(year, month - 1, day);
  const weekday = (time) => new Date(time).getUTCDay();
  const nth = (month, day, n) => utc(month, 1 + ((day - weekday(utc(month, 1)) + 7) % 7) + 7 * (n - 1));
  // A holiday on a Saturday closes the Friday before it, one on a Sunday the Monday after.
  const observed = (time) =>
    weekday(time) === SATURDAY ? time - DAY : weekday(time) === SUNDAY ? time + DAY : time;
  const easter = () => {
    // Meeus, Astronomical Algorithms, chapter 8.
    const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
    const leap = Math.floor(b / 4);
    const moon = (19 * a + b - leap - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
    const week = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - moon - (c % 4)) % 7;
    const shift = Math.floor((a + 11 * moon + 22 * week) / 451);
    return utc(Math.floor((moon + week - 7 * shift + 114) / 31), ((moon + week - 7 * shift + 114) % 31) + 1);
  };
  const holidays = [
    // A New Year's Day on a Saturday is not observed.
    ...(weekday(utc(1, 1)) === SATURDAY ? [] : [observed(utc(1, 1))]),
    nth(1, MONDAY, 3), // Martin Luther King, Jr. Day
    nth(2, MONDAY, 3), // Washington's Birthday
    easter() - 2 * DAY, // Good Friday
    utc(5, 31) - ((weekday(utc(5, 31)) + 6) % 7) * DAY, // Memorial Day
    observed(utc(6, 19)), // Juneteenth
    observed(utc(7, 4)), // Independence Day
    nth(9, MONDAY, 1), // Labor Day
    nth(11, THURSDAY, 4), // Thanksgiving
    observed(utc(12, 25)), // Christmas Day
  ];
  return ![SATURDAY, SUNDAY].includes(weekday(at)) && !holidays.includes(at);
};
