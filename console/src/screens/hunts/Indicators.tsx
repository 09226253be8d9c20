import { useTranslation } from 'react-i18next'
import type { Indicator } from '../../api/huntShapes'
import { ObjectValue, type MenuObject } from '../../components/ObjectMenu'

const TYPES: Record<string, MenuObject['type']> = { sha256: 'hash', sha1: 'hash', md5: 'hash', ip: 'address', domain: 'domain' }

/** Values read out of a report, as they are looked for, and how they were written. */
export function Indicators({ items, swept = false }: { items: Indicator[]; swept?: boolean }) {
  const { t } = useTranslation()
  return (
    <div className="scroll-table">
      <table className="small-table indicators" aria-label={t('hunts.indicators')}>
        <tbody>
          {items.map((one) => (
            <tr key={`${one.kind} ${one.value}`} data-hit={swept && (one.count ?? 0) > 0}>
              <td className="nowrap dim">{t(`hunts.indicator.${one.kind}`, one.kind)}</td>
              <td className="mono"><ObjectValue object={{ type: TYPES[one.kind] ?? 'value', field: '', value: one.value }} /></td>
              {swept ? <td className="num">{(one.count ?? 0).toLocaleString()}</td> : <td className="mono dim">{one.asWritten !== one.value && one.asWritten}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
