import {
  FieldColorModeId,
  MappingType,
  SpecialValueMatch,
  ThresholdsMode,
  type FieldConfig,
  type FieldConfigSource,
  type GridPos,
  type Panel,
  type Threshold,
  type ValueMapping,
} from '@grafana/schema';
import { DATA_SOURCE } from './data-source.js';
import type { Column, Query, Store } from './store.js';
import type { PositionFigure } from './stored.js';

/** A panel before it has its place. */
export interface Drawn {
  readonly title: string;
  /** Shown at the ⓘ of its title. */
  readonly says?: string;
  readonly query: Query;
  /** What stands there while there is nothing to show. */
  readonly empty: string;
  /** Its colour in a stat or a gauge, where it would else have that of the lowest value. */
  readonly emptyColor?: string;
  readonly config?: Partial<FieldConfig>;
  readonly overrides?: FieldConfigSource['overrides'];
}

/** Columns and rows of Grafana's grid, of which there are 24 across. */
export type Place = GridPos;

/** Panels of one store, all through its data source. */
export class Panels {
  readonly #store: Store;
  #made = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** One figure, large. */
  stat(drawn: Drawn, place: Place): Panel {
    const options = {
      reduceOptions: { values: false, calcs: ['lastNotNull'], fields: drawn.query.fields ?? '' },
      colorMode: 'value',
      graphMode: 'none',
      textMode: 'value',
      justifyMode: 'auto',
      orientation: 'auto',
    };
    return this.#panel('stat', { drawn, place, options });
  }

  gauge(drawn: Drawn, place: Place): Panel {
    const options = {
      reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '' },
      showThresholdLabels: false,
      showThresholdMarkers: true,
    };
    return this.#panel('gauge', { drawn, place, options });
  }

  /** Bars side by side, below 0 as well. */
  bars(drawn: Drawn, place: Place): Panel {
    const options = {
      reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '' },
      displayMode: 'basic',
      orientation: 'horizontal',
      showUnfilled: false,
      valueMode: 'text',
      namePlacement: 'left',
    };
    return this.#panel('bargauge', { drawn, place, options });
  }

  lines(drawn: Drawn, place: Place): Panel {
    const options = {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    };
    const custom = { drawStyle: 'line', lineWidth: 2, fillOpacity: 8, showPoints: 'auto', ...this.#gaps };
    return this.#panel('timeseries', { drawn, place, options, custom });
  }

  table(drawn: Drawn, place: Place): Panel {
    const options = { showHeader: true, cellHeight: 'sm' };
    return this.#panel('table', { drawn, place, options, custom: { align: 'auto', filterable: false } });
  }

  timeline(drawn: Drawn, place: Place): Panel {
    const options = {
      mergeValues: true,
      showValue: 'auto',
      rowHeight: 0.8,
      alignValue: 'left',
      legend: { displayMode: 'list', placement: 'bottom', showLegend: false },
      tooltip: { mode: 'single', sort: 'none' },
    };
    return this.#panel('state-timeline', {
      drawn,
      place,
      options,
      custom: { fillOpacity: 80, ...this.#gaps },
    });
  }

  nextId(): number {
    return ++this.#made;
  }

  /** InfluxDB has a point a minute at most; what is missing for longer is a gap. Prometheus has one at each step. */
  get #gaps(): { readonly spanNulls: number | false } {
    return { spanNulls: this.#store.plugin === 'influxdb' ? LONGEST_SPAN_MS : false };
  }

  #panel(
    type: string,
    {
      custom,
      drawn: { config, empty, emptyColor, overrides, query, says, title },
      options,
      place,
    }: {
      readonly drawn: Drawn;
      readonly place: Place;
      readonly options: Record<string, unknown>;
      readonly custom?: Record<string, unknown>;
    },
  ): Panel {
    const datasource = DATA_SOURCE[this.#store.plugin];
    return {
      id: this.nextId(),
      type,
      title,
      ...(says === undefined ? {} : { description: says }),
      datasource,
      gridPos: place,
      interval: SHORTEST_STEP,
      targets: query.targets.map((target) => ({ datasource, ...target })),
      ...(query.transformations === undefined ? {} : { transformations: [...query.transformations] }),
      options,
      fieldConfig: {
        defaults: {
          noValue: empty,
          ...(custom === undefined ? {} : { custom }),
          ...config,
          ...(emptyColor === undefined
            ? {}
            : { mappings: [...(config?.mappings ?? []), nothing(empty, emptyColor)] }),
        },
        overrides: overrides ?? [],
      },
    };
  }
}

function nothing(text: string, color: string): ValueMapping {
  return {
    type: MappingType.SpecialValue,
    options: { match: SpecialValueMatch.NullAndNan, result: { text, color } },
  };
}

/** What account-sync calls stale from the start. */
const LONGEST_SPAN_MS = 15 * 60_000;
/** Figures come once a minute. */
const SHORTEST_STEP = '1m';

/** Colours from these values upwards; the first one from below all of them. */
export function steps(
  lowest: string,
  ...others: readonly (readonly [number, string])[]
): Partial<FieldConfig> {
  const above: Threshold[] = others.map(([value, color]) => ({ value, color }));
  return {
    color: { mode: FieldColorModeId.Thresholds },
    thresholds: { mode: ThresholdsMode.Absolute, steps: [{ value: null, color: lowest }, ...above] },
  };
}

/** With separators of thousands, and without a sign of a currency: which one it is stands in the title. */
export const MONEY: Partial<FieldConfig> = { unit: 'locale', decimals: 2 };
export const PERCENT: Partial<FieldConfig> = { unit: 'percent', decimals: 1 };
export const GAIN = steps('red', [0, 'green']);

/** Units and colours of a table's columns. */
export function columnOverrides(
  columns: readonly (Column<PositionFigure> & { readonly config: Partial<FieldConfig> })[],
): FieldConfigSource['overrides'] {
  return columns.map(({ config, title }) => ({
    matcher: { id: 'byName', options: title },
    properties: Object.entries(config).map(([id, value]) => ({ id, value })),
  }));
}
