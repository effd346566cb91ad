import { z } from 'zod';

const Layers = z.array(
  z.object({
    name: z.string(),
    route: z
      .object({ path: z.unknown().transform(String), methods: z.record(z.string(), z.boolean()) })
      .optional(),
  }),
);

/** What was registered at an Express application, in this order: `POST /a/:id`, or `USE name` for a middleware. */
export function registeredRoutes(app: object): readonly string[] {
  return layersOf(app).flatMap(({ name, route }) =>
    route === undefined
      ? [`USE ${name}`]
      : Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`),
  );
}

/** Express 4 makes `_router` when it is first needed and throws where `router` is read; Express 5 has `router`. */
function layersOf(app: object): z.infer<typeof Layers> {
  const router: unknown = Reflect.get(app, 'lazyrouter' in app ? '_router' : 'router');
  return router === undefined ? [] : Layers.parse(Reflect.get(Object(router), 'stack'));
}
