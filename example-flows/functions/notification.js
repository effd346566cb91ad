// Out: 1 what is critical and begins now, which stays on the screen until somebody closes it; 2 all else.
// Two widgets, since a second message takes the place of the first: nothing may push a critical one away.
if (!msg.alert || typeof msg.topic !== 'string' || msg.topic === '') return null;
const { severity, state } = msg.alert;
const isOver = state === 'resolved';
const colors = { critical: '#c0263a', warning: '#b36b00', info: '#1f5fbf' };
// The widget shows HTML, and plain text with a < in it as "&lt;": so it gets HTML that says the text.
const html = msg.topic.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const notification = {
  topic: msg.topic,
  payload: html,
  ui_update: { color: isOver ? '#0b7a43' : colors[severity] || colors.warning },
};
return severity === 'critical' && !isOver ? [notification, null] : [null, notification];
