/** The chain as a file: all of it as JSON, what is shown as a picture. */
import type { Profile } from '../../api/shapes'
import { isFold, place, type Placed, type Shown } from './layout'
import { shortLabel, worst } from './nodeFace'

export function saveJson(chain: Profile, name: string): void {
  save(new Blob([JSON.stringify(chain, null, 2)], { type: 'application/json' }), name)
}

/** Draws the boxes at twice their size on the colours of the present theme. */
export function savePicture(shown: Shown, name: string): void {
  const placed = new Map(place(shown).map((one) => [one.id, one]))
  const canvas = document.createElement('canvas')
  const boxes = [...placed.values()]
  canvas.width = 2 * (Math.max(...boxes.map((box) => box.x + box.width)) + 12)
  canvas.height = 2 * (Math.max(...boxes.map((box) => box.y + box.height)) + 12)
  const pen = canvas.getContext('2d')
  if (!pen) return
  const colour = colours()
  pen.scale(2, 2)
  pen.fillStyle = colour('--h-panel')
  pen.fillRect(0, 0, canvas.width, canvas.height)
  for (const edge of shown.edges) drawEdge(pen, placed.get(edge.from), placed.get(edge.to), colour('--h-line-strong'))
  for (const node of shown.nodes) {
    const box = placed.get(node.id)
    if (!box) continue
    const level = isFold(node) ? undefined : worst(node)
    drawBox(pen, box, colour(level ? `--h-${level}-ground` : '--h-panel-2'), colour(level ? `--h-${level}` : '--h-line-strong'))
    pen.fillStyle = colour('--h-text')
    pen.font = '600 13px sans-serif'
    pen.fillText(isFold(node) ? `+ ${node.count}` : shortLabel(node), box.x + 10, box.y + 20, box.width - 20)
    pen.font = '11px monospace'
    if (!isFold(node) && node.process?.cmd) pen.fillText(cut(node.process.cmd), box.x + 10, box.y + 40, box.width - 20)
  }
  canvas.toBlob((blob) => blob && save(blob, name), 'image/png')
}

function colours(): (name: string) => string {
  const style = getComputedStyle(document.documentElement)
  return (name) => style.getPropertyValue(name).trim()
}

const cut = (text: string) => (text.length > 42 ? `${text.slice(0, 41)}…` : text)

function drawBox(pen: CanvasRenderingContext2D, box: Placed, ground: string, line: string): void {
  pen.fillStyle = ground
  pen.strokeStyle = line
  pen.lineWidth = 1
  pen.beginPath()
  pen.roundRect(box.x, box.y, box.width, box.height, 6)
  pen.fill()
  pen.stroke()
}

function drawEdge(pen: CanvasRenderingContext2D, from: Placed | undefined, to: Placed | undefined, line: string): void {
  if (!from || !to) return
  const start = { x: from.x + from.width, y: from.y + from.height / 2 }
  const end = { x: to.x, y: to.y + to.height / 2 }
  const bend = (end.x - start.x) / 2
  pen.strokeStyle = line
  pen.lineWidth = 1.5
  pen.beginPath()
  pen.moveTo(start.x, start.y)
  pen.bezierCurveTo(start.x + bend, start.y, end.x - bend, end.y, end.x, end.y)
  pen.stroke()
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
