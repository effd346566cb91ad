import type { Socket } from 'node:net';

/**
 * Ends a connection by FIN, after what was written, or by RST. A socket that is ending already cannot be
 * reset: libuv refuses with EINVAL (uv_tcp_close_reset), and Node then never closes the handle.
 */
export function cut(socket: Socket, how: 'fin' | 'reset'): void {
  if (socket.destroyed) return;
  if (how === 'reset' && !socket.writableEnded) socket.resetAndDestroy();
  else if (how === 'reset') socket.destroy();
  else if (!socket.writableEnded) socket.destroySoon();
}
