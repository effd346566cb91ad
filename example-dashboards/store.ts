import type { AnnotationQuery, DataTransformerConfig, VariableModel } from '@grafana/schema';
import type { PositionFigure, SummaryFigure } from './stored.js';

/** A query of a panel as its data source's plugin reads it. */
export type Target = Readonly<Record<string, unknown>> & { readonly refId: string };

/** Queries of one panel, and what makes of their answers what the panel shows. */
export interface Query {
  readonly targets: readonly Target[];
  readonly transformations?: readonly DataTransformerConfig[];
  /** Which fields of the answer a stat shows, a regular expression; without it all numbers. */
  readonly fields?: string;
}

/** A column of a table: its title, and the figure in it. */
export interface Column<Key extends string> {
  readonly title: string;
  readonly key: Key;
}

/**
 * A store of figures, as dashboards ask it. Each query is about the chosen accounts (`$account`), of which there is one
 * in the panels of an account's row.
 */
export interface Store {
  readonly title: string;
  readonly plugin: 'prometheus' | 'influxdb';
  readonly about: string;
  readonly currency: VariableModel;
  readonly accounts: VariableModel;
  readonly alertMarks: AnnotationQuery;
  /** The newest figure; no row where it is not known now. */
  figure(key: SummaryFigure): Query;
  /** A gap where nothing that counted was told. */
  overTime(keys: readonly SummaryFigure[]): Query;
  overTimeByAccount(key: SummaryFigure): Query;
  /** No row where the feed is silent, in these three. */
  readonly state: Query;
  readonly stale: Query;
  /** Seconds. */
  readonly dataAge: Query;
  readonly statesOverTime: Query;
  /** Percent of net liquidation: of each position, and of cash. */
  readonly shares: Query;
  positions(columns: readonly Column<PositionFigure>[]): Query;
  readonly alerts: Query;
}
