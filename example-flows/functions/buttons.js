// A press of a button as a command for the alert node, and the question what goes on after it.
const id = msg.payload && msg.payload.alert;
if (typeof id !== 'string' || id === '') return null;
const list = { topic: 'list' };
if (msg.topic === 'ack') return [[{ topic: 'ack', payload: { alert: id } }, list]];
if (msg.topic === 'silence') return [[{ topic: 'silence', payload: { alert: id, duration: '1h' } }, list]];
return null;
