import { useTranslation } from 'react-i18next'
import { isInternal } from './addresses'

/** Whether an address is ours, in a word; what is not ours stands out. `internal`: as the house judges it; else by its range. */
export function AddressMark({ address, asset, internal }: { address: string; asset?: string | undefined; internal?: boolean | null | undefined }) {
  const { t } = useTranslation()
  const ours = internal ?? (asset !== undefined || isInternal(address))
  return (
    <>
      <span className={`address-mark${ours ? '' : ' external'}`}>{t(ours ? 'check.internal' : 'check.external')}</span>
      {asset && <span className="dim"> {asset}</span>}
    </>
  )
}
