// The alert as data, with its words: one flat object, but for `account`, `instrument` and, in a group, `items`.
const { alert, payload, priority, title, topic, ...rest } = msg;
return { ...rest, payload: { ...alert, title, text: payload, line: topic, priority } };
