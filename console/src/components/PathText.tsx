/** A path of which the end is always seen: where there is no room, the folders give way. Other texts are clipped at their end. */
export function PathText({ text }: { text: string }) {
  const at = Math.max(text.lastIndexOf('\\'), text.lastIndexOf('/')) + 1
  if (at === 0 || at === text.length) return <span className="clip" style={{ display: 'block' }}>{text}</span>
  return (
    <span className="path-text">
      <span className="clip">{text.slice(0, at)}</span>
      <span className="clip">{text.slice(at)}</span>
    </span>
  )
}
