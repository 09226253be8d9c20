import { Link } from '@tanstack/react-router'
import '../screens/models/models.css'

type Page = '/models' | '/filters' | '/exceptions' | '/block-list' | '/block-list/exceptions' | '/response' | '/response/approvals' | '/response/shells' | '/response/policy'

/** One of several pages side by side; `count` is what waits there. */
export function PageTab({ to, name, count = 0 }: { to: Page; name: string; count?: number | undefined }) {
  return (
    <Link to={to} search={{}} activeOptions={{ exact: true, includeSearch: false }} className="content-tab">
      {name}
      {count > 0 && <span className="badge badge-warn num" style={{ marginLeft: 6 }}>{count}</span>}
    </Link>
  )
}
