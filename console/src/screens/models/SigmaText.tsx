import { useTranslation } from 'react-i18next'
import type { FilterDetail } from '../../api/contentShapes'
import { CopyIcon } from '../../components/FieldList'
import { useText } from '../../i18n'

/** A filter's own words and its Sigma text. */
export function SigmaText({ filter }: { filter: FilterDetail }) {
  const { t } = useTranslation()
  const text = useText()
  return (
    <div className="col" style={{ margin: '2px 0 8px' }}>
      <p className="dim">{text(filter.description)}</p>
      <div className="row tight sigma-head">
        <strong>Sigma</strong>
        <CopyIcon text={filter.sigma} />
      </div>
      <pre className="raw-record" tabIndex={0} aria-label={t('models.sigmaOf', { title: text(filter.title) })}>{filter.sigma}</pre>
    </div>
  )
}
