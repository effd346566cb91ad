// What was told before a deploy may not be told any more; whoever still tells of it begins anew.
const known = context.get('known');
if (known) for (const account of Object.values(known.accounts)) account.told = {};
context.set('known', known);
