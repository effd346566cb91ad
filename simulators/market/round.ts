/** Rounds as the wire does (`toFixed`), so that the ledger holds exactly what a client is told. */
export const round = (value: number, digits: number): number => {
  const rounded = Number(value.toFixed(digits));
  return rounded === 0 ? 0 : rounded;
};

export const cents = (value: number): number => round(value, 2);
