import { entity, valueOf, type Component, type Components, type Place } from './entity.js';
import { EVENT_TYPES } from './event-types.js';

/** Where alerts of an account, or of none in particular, are told. */
export interface AlertTopics {
  readonly alerts: string;
  readonly lastAlert: string;
}

/** The event of an alert, the sensor that still knows it after a restart, and triggers for automations. */
export function alertComponents(place: Place, topics: AlertTopics): readonly [string, Component][] {
  const triggers = ['critical', 'warning', 'info'].map((severity): [string, Component] => [
    `trigger_${severity}`,
    {
      p: 'device_automation',
      automation_type: 'trigger',
      type: 'alert',
      subtype: severity,
      topic: topics.alerts,
      value_template: "{{ value_json.alert_state ~ ' ' ~ value_json.severity }}",
      payload: `firing ${severity}`,
    },
  ]);
  return [
    [
      'alerts',
      entity(place, 'event', {
        key: 'alerts',
        name: 'Alert',
        state_topic: topics.alerts,
        // Home Assistant 2025.1 does not inherit it from the device.
        qos: 1,
        event_types: EVENT_TYPES,
        icon: 'mdi:bell-alert',
      }),
    ],
    [
      'last_alert',
      entity(place, 'sensor', {
        key: 'last_alert',
        name: 'Last alert',
        state_topic: topics.lastAlert,
        // A state of more than 255 characters becomes unknown.
        value_template: '{{ value_json.message[:250] }}',
        json_attributes_topic: topics.lastAlert,
        icon: 'mdi:bell-outline',
      }),
    ],
    ...triggers,
  ];
}

/** What belongs to no account: alerts about connections, or about several accounts at once, and the button. */
export function bridgeComponents(place: Place): Components {
  const { topics } = place;
  return Object.fromEntries([
    ...alertComponents(place, { alerts: topics.bridge('alerts'), lastAlert: topics.bridge('last_alert') }),
    [
      'refresh',
      entity(place, 'button', {
        key: 'refresh',
        name: 'Refresh',
        command_topic: topics.bridge('command'),
        payload_press: 'refresh',
        entity_category: 'config',
        icon: 'mdi:refresh',
      }),
    ],
    [
      'accounts',
      entity(place, 'sensor', {
        key: 'accounts',
        name: 'Accounts',
        state_topic: topics.bridge('info'),
        value_template: valueOf('accounts'),
        json_attributes_topic: topics.bridge('info'),
        entity_category: 'diagnostic',
      }),
    ],
  ]);
}
