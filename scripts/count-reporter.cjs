'use strict';
const { reporters } = require('mocha');

const { Spec } = reporters;

/** Spec plus one closing line that machines read: "N passed, N failed[, N skipped]". */
module.exports = class CountReporter extends Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats;
      console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}`);
    });
  }
};
