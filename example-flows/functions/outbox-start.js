// Nobody will tell any more what became of a try that was under way when Node-RED ended.
const box = context.get('box');
if (box) context.set('box', { ...box, sentAt: null });
