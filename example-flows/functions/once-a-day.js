// Whether the moment of a day has come: once a day, also when it was missed. A memory that begins after the moment
// cannot know what was done before it, and leaves that day alone.
const minuteOf = (text, otherwise) => {
  const [, hours, minutes] = /^\s*(\d{1,2}):(\d{2})\s*$/.exec(String(text)) || [];
  return hours < 24 && minutes < 60 ? Number(hours) * 60 + Number(minutes) : otherwise;
};
const onceADay = (memory, { date, minute }, from) => {
  if (memory.doneOn === undefined) memory.doneOn = minute < from ? null : date;
  if (minute < from || memory.doneOn === date) return false;
  memory.doneOn = date;
  return true;
};
