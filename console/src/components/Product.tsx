import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

/** The data sources a model needs; at least one must be there. */
export function Products({ products, available }: { products: string[]; available: boolean }) {
  const { t } = useTranslation()
  const Icon = available ? IconCircleCheck : IconCircleX
  return (
    <span className="row tight" title={t(available ? 'models.available' : 'models.missing')}>
      <Icon size={15} style={{ flex: 'none' }} color={available ? 'var(--h-ok)' : 'var(--h-critical)'} aria-label={t(available ? 'models.available' : 'models.missing')} />
      <span className="clip">{products.map((product) => t(`product.${product}`, product)).join(', ')}</span>
    </span>
  )
}
