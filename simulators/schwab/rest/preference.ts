import type { SchwabBook } from '../book/book.js';

/** One object, though the document has a list. */
export const preferenceJson = (
  book: SchwabBook,
  accounts: readonly string[],
  streamerUrl: string,
): object => ({
  accounts: accounts.map((accountNumber, index) => ({
    accountNumber,
    primaryAccount: index === 0,
    type: 'BROKERAGE',
    nickName: book.state(accountNumber).nickName,
    displayAcctId: `...${accountNumber.slice(-3)}`,
    autoPositionEffect: false,
    accountColor: 'Green',
    lotSelectionMethod: 'FIFO',
  })),
  streamerInfo: [
    {
      streamerSocketUrl: streamerUrl,
      schwabClientCustomerId: 'simulated-customer',
      schwabClientCorrelId: '1dd1ad6d-0246-4f38-9c70-e5bfd2a5dff8',
      schwabClientChannel: 'N9',
      schwabClientFunctionId: 'APIAPP',
    },
  ],
  offers: [{ level2Permissions: false, mktDataPermission: 'NP' }],
});
