// npm run test:faults -- --seeds 25 --scenarios 1,2 --first 1 --concurrency 8
await import('../dist/test/faults/main.js');
