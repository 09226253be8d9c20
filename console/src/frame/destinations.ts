import { IconBan, IconBellRinging, IconBolt, IconBriefcase, IconDeviceDesktopAnalytics, IconFingerprint, IconScript, IconClockPlay, IconEyeOff, IconHeartbeat, IconHistory, IconKey, IconLayoutGrid, IconMail, IconMailSearch, IconSearch, IconShieldCog, IconTargetArrow, IconUsers, IconZoomScan } from '@tabler/icons-react'
import type { Permission } from '../api/shapes'

export type Destination = { key: string; to: string; icon: typeof IconSearch; permission?: Permission; prefix: string; /** Other addresses that belong to it. */ also?: string[] }
export type Phase = { key: string; destinations: Destination[] }

/** The rail: the phases of the work, each with the screens that exist. A new screen is one line here and one route. */
export const PHASES: Phase[] = [
  {
    key: 'detect',
    destinations: [
      { key: 'workbench', to: '/workbench', prefix: '/workbench', icon: IconBellRinging },
      { key: 'detections', to: '/detections', prefix: '/detections', icon: IconTargetArrow },
      { key: 'models', to: '/models', prefix: '/models', icon: IconShieldCog, also: ['/filters'] },
      { key: 'exceptions', to: '/exceptions', prefix: '/exceptions', icon: IconEyeOff },
      { key: 'timeTravel', to: '/time-travel', prefix: '/time-travel', icon: IconClockPlay, permission: 'investigate' },
    ],
  },
  {
    key: 'investigate',
    destinations: [
      { key: 'search', to: '/search', prefix: '/search', icon: IconSearch, also: ['/entities'] },
      { key: 'hunts', to: '/hunts', prefix: '/hunts', icon: IconZoomScan },
      { key: 'attack', to: '/attack', prefix: '/attack', icon: IconLayoutGrid },
      { key: 'kit', to: '/forensics/kit', prefix: '/forensics/kit', icon: IconBriefcase },
    ],
  },
  {
    key: 'respond',
    destinations: [
      { key: 'response', to: '/response', prefix: '/response', icon: IconBolt },
      { key: 'endpoints', to: '/endpoints', prefix: '/endpoints', icon: IconDeviceDesktopAnalytics },
      { key: 'blockList', to: '/block-list', prefix: '/block-list', icon: IconBan },
      { key: 'messages', to: '/messages', prefix: '/messages', icon: IconMailSearch, permission: 'respond' },
      { key: 'scripts', to: '/scripts', prefix: '/scripts', icon: IconScript },
      { key: 'patterns', to: '/patterns', prefix: '/patterns', icon: IconFingerprint },
    ],
  },
  { key: 'intelligence', destinations: [] },
  {
    key: 'operations',
    destinations: [{ key: 'status', to: '/operations/status', prefix: '/operations/status', icon: IconHeartbeat }],
  },
  {
    key: 'administration',
    destinations: [
      { key: 'users', to: '/administration/users', prefix: '/administration/users', icon: IconUsers, permission: 'administer' },
      { key: 'tokens', to: '/administration/tokens', prefix: '/administration/tokens', icon: IconKey, permission: 'administer' },
      { key: 'connectors', to: '/administration/connectors', prefix: '/administration/connectors', icon: IconMail, permission: 'administer' },
      { key: 'audit', to: '/administration/audit', prefix: '/administration/audit', icon: IconHistory, permission: 'audit' },
    ],
  },
]
