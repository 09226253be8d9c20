import { Popover } from '@mantine/core'
import { IconBox, IconCloud, IconDeviceDesktop, IconMail, IconUser } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Entity, EntityType, ImpactScope as Scope } from '../api/shapes'
import { ObjectValue } from './ObjectMenu'
import { entityHost } from './response/wish'
import './severity.css'

export const ENTITY_ICONS: Record<EntityType, typeof IconUser> = {
  host: IconDeviceDesktop,
  account: IconUser,
  emailAddress: IconMail,
  container: IconBox,
  cloudIdentity: IconCloud,
}
const ORDER: readonly EntityType[] = ['host', 'account', 'emailAddress', 'container', 'cloudIdentity']

/** One icon and count per kind of entity; a click lists the entities. */
export function ImpactScope({ scope }: { scope: Scope }) {
  const shown = ORDER.filter((type) => (scope.counts[type] ?? 0) > 0)
  if (shown.length === 0) return <span className="dim">–</span>
  return (
    <span className="impact">
      {shown.map((type) => (
        <Count key={type} type={type} count={scope.counts[type] ?? 0} entities={scope.entities.filter((e) => e.type === type)} />
      ))}
    </span>
  )
}

function Count({ type, count, entities }: { type: EntityType; count: number; entities: Entity[] }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const Icon = ENTITY_ICONS[type]
  const label = t(`entity.${type}`, { count })
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          className="impact-count"
          aria-label={`${label}: ${count}`}
          title={label}
          onClick={(event) => {
            event.stopPropagation()
            setOpen((was) => !was)
          }}
        >
          <Icon size={14} aria-hidden />
          {count}
        </button>
      </Popover.Target>
      <Popover.Dropdown onClick={(event) => event.stopPropagation()} p="xs">
        <strong>{label}</strong>
        <ul className="bare" style={{ marginTop: 4, maxHeight: 260, overflow: 'auto' }}>
          {entities.map((entity) => (
            <li key={entity.id} style={{ padding: '2px 0' }}>
              <ObjectValue object={objectOf(entity)}>{entity.name}</ObjectValue>
              {entity.ips && entity.ips.length > 0 && <span className="dim mono"> {entity.ips.join(', ')}</span>}
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  )
}

export function objectOf(entity: Entity) {
  if (entity.type === 'host') return { type: 'host' as const, field: 'endpointHostName', value: entity.name, about: entityHost(entity) }
  if (entity.type === 'account') return { type: 'account' as const, field: '', value: entity.name }
  return { type: 'value' as const, field: '', value: entity.name }
}
