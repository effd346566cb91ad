/** The data source that the viewer chooses: no panel names one. */
export const DATA_SOURCE = {
  influxdb: { type: 'influxdb', uid: '${datasource}' },
  prometheus: { type: 'prometheus', uid: '${datasource}' },
} as const;
