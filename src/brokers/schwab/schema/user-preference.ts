import { z } from 'zod';

const StreamerInfo = z.object({
  streamerSocketUrl: z.string().min(1),
  schwabClientCustomerId: z.string().min(1),
  schwabClientCorrelId: z.string().min(1),
  schwabClientChannel: z.string().min(1),
  schwabClientFunctionId: z.string().min(1),
});
export type StreamerInfo = Readonly<z.infer<typeof StreamerInfo>>;

const UserPreference = z.object({ streamerInfo: z.array(StreamerInfo).min(1) });

/** Where the streamer is and how to address it; null when the answer does not say. The document has a list here. */
export function readStreamerInfo(answer: unknown): StreamerInfo | null {
  const parsed = UserPreference.safeParse(Array.isArray(answer) ? answer[0] : answer);
  return parsed.success ? (parsed.data.streamerInfo[0] ?? null) : null;
}
