import type { Cell, Matrix, TacticColumn } from '../../api/attack'
import { readRange, writeRange, type Range } from '../../components/range'
import type { Address } from '../../frame/address'

export const COLOURS = ['coverage', 'detections'] as const
export const SHOWS = ['all', 'covered', 'uncovered', 'seen'] as const
export type Colour = (typeof COLOURS)[number]
export type Show = (typeof SHOWS)[number]
export type View = { colour: Colour; show: Show; search: string; range: Range }

export function readView(address: Address): View {
  return {
    colour: COLOURS.find((one) => one === address.colour) ?? 'coverage',
    show: SHOWS.find((one) => one === address.show) ?? 'all',
    search: address.search ?? '',
    range: readRange(address, '30d'),
  }
}

export function writeView(view: View): Record<string, string | undefined> {
  return {
    colour: view.colour === 'coverage' ? undefined : view.colour,
    show: view.show === 'all' ? undefined : view.show,
    search: view.search || undefined,
    ...writeRange(view.range, '30d'),
  }
}

/** How strongly a cell is coloured: of coverage 0 to 2, of detections 0 to 3 (1, 10, 100 and more). */
export function levelOf(cell: Cell, colour: Colour): number {
  if (colour === 'coverage') return cell.models > 0 ? 2 : cell.filters > 0 ? 1 : 0
  return cell.detections === 0 ? 0 : cell.detections < 10 ? 1 : cell.detections < 100 ? 2 : 3
}

export const isCovered = (cell: Cell): boolean => cell.filters + cell.models > 0

/** The columns with the techniques that are asked for; a technique stays when one of its sub-techniques is. */
export function shownColumns(matrix: Matrix, view: Pick<View, 'show' | 'search'>): TacticColumn[] {
  const wanted = view.search.trim().toLowerCase().replace('-', '.')
  const plain = view.search.trim().toLowerCase()
  const says = (cell: Cell) => cell.id.toLowerCase().includes(wanted) || cell.name.toLowerCase().includes(plain)
  const fits = (cell: Cell) => view.show === 'all' || (view.show === 'seen' ? cell.detections > 0 : isCovered(cell) === (view.show === 'covered'))
  return matrix.tactics.map((column) => ({
    ...column,
    techniques: column.techniques.filter((one) => fits(one) && (plain === '' || says(one) || one.subtechniques.some(says))),
  }))
}
