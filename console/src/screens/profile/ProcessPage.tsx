import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { processProfileQuery } from '../../api/profile'
import { Empty } from '../../components/States'
import { useAddress } from '../../frame/address'
import { usePageTitle } from '../../frame/Frame'
import { Profile } from './Profile'

/** The execution profile of any process of the lake, named in the address by machine and process identity. */
export function ProcessPage() {
  const { t } = useTranslation()
  const [{ endpointGuid = '', hashId, pid, at }] = useAddress()
  usePageTitle(t('profile.title'))
  const key = { endpointGuid, ...(hashId ? { hashId } : {}), ...(pid ? { pid } : {}), ...(at ? { at } : {}) }
  const query = useQuery({ ...processProfileQuery(key), enabled: endpointGuid !== '' })
  return (
    <div className="page fixed">
      <div className="page-head"><h1>{t('profile.title')}</h1></div>
      <section className="panel" style={{ display: 'flex', flex: 1, minHeight: 0, overflow: 'hidden' }}>
        {endpointGuid ? <Profile query={query} name="execution-profile" /> : <Empty title={t('profile.empty')} />}
      </section>
    </div>
  )
}
