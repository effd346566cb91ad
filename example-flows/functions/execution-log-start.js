// Nobody will tell any more what became of a file that was open when Node-RED ended.
const memory = context.get('memory');
if (memory) context.set('memory', { ...memory, turn: null, trouble: null });
