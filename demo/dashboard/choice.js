// Methods that several panels share; scripts/make-demo-flow.mjs puts them into each.
export const choice = {
  /** The overview says which account the page is about; the panel follows, whichever of them starts first. */
  follow() {
    this.chosen = window.brokerageAccount || 'all';
    this.listener = (event) => (this.chosen = event.detail);
    window.addEventListener('brokerage-account', this.listener);
  },
  unfollow() {
    window.removeEventListener('brokerage-account', this.listener);
  },
  isShown(key) {
    return this.chosen === 'all' || this.chosen === key;
  },
};
