// An instrument as people call it.
const nameOf = (value) => {
  const { expiry, key, right, strike, symbol } = objectOf(value);
  const parts = [textOf(symbol) || textOf(key) || 'something without a name'];
  if (textOf(expiry)) parts.push(expiry);
  if (numberOf(strike) !== null) parts.push(String(strike));
  if (right === 'call' || right === 'put') parts.push(right);
  return parts.join(' ');
};
