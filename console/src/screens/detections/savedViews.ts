/** Views a person keeps under a name, in this browser: what was hidden stays hidden tomorrow. */
export type SavedView = { name: string; address: Record<string, string> }

const STORED = 'hinomi.detections.views'

export function readViews(storage: Pick<Storage, 'getItem'> = localStorage): SavedView[] {
  try {
    const found: unknown = JSON.parse(storage.getItem(STORED) ?? '[]')
    return Array.isArray(found) ? found.filter(isView) : []
  } catch {
    return []
  }
}

function isView(value: unknown): value is SavedView {
  return typeof value === 'object' && value !== null && typeof (value as SavedView).name === 'string' && typeof (value as SavedView).address === 'object'
}

/** Keeps a view; one of the same name is replaced. Returns all views, by name. */
export function keepView(view: SavedView, storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage): SavedView[] {
  const views = [...readViews(storage).filter((one) => one.name !== view.name), view].sort((a, b) => a.name.localeCompare(b.name))
  storage.setItem(STORED, JSON.stringify(views))
  return views
}

export function dropView(name: string, storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage): SavedView[] {
  const views = readViews(storage).filter((one) => one.name !== name)
  storage.setItem(STORED, JSON.stringify(views))
  return views
}
