import { numberOr, type BehaviourFactory } from './behaviour.js';

/** Nobody listens; connections that exist stay. */
export const refuse: BehaviourFactory = () => ({
  onSwitchOn: (controls) => controls.closeDoor(),
  onClear: (controls) => controls.openDoor(),
});

/** RST right after the connection was accepted. */
export const reset: BehaviourFactory = () => ({
  onConnection: (socket) => {
    socket.resetAndDestroy();
    return true;
  },
});

/** Accepts, reads and never says a word. */
export const silent: BehaviourFactory = () => ({
  onConnection: (socket) => {
    socket.resume();
    return true;
  },
});

const answerOnceWith = (answer: Buffer): BehaviourFactory => {
  return () => ({
    onConnection: (socket) => {
      socket.once('data', () => socket.end(answer));
      return true;
    },
  });
};

const PAGE =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: 24\r\n\r\n<html>Bad Request</html>';

/** The port belongs to a web server. */
export const http = answerOnceWith(Buffer.from(PAGE));

/** The port wants TLS: a fatal alert, handshake_failure (RFC 5246, 7.2). */
export const tls = answerOnceWith(Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28]));

/** Every client drops, the port closes, and comes back after some milliseconds. */
export const nightlyRestart: BehaviourFactory = (argument) => {
  const awayMs = numberOr(argument, 5000);
  let timer: NodeJS.Timeout | undefined;
  return {
    onSwitchOn: (controls) => {
      controls.closeDoor();
      controls.disconnectAll();
      timer = setTimeout(() => controls.openDoor(), awayMs);
    },
    onClear: (controls) => {
      clearTimeout(timer);
      controls.openDoor();
    },
  };
};
