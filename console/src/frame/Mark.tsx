/** The mark of the product: a fire watch-tower with a flame under its roof. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="4 4 24 24" aria-hidden="true">
      <g fill="none" stroke="currentColor" strokeWidth="1.9" strokeLinecap="round" strokeLinejoin="round">
        <path d="M8 12.5 16 6l8 6.5" />
        <path d="M11.5 12.5 9 27M20.5 12.5 23 27M10.6 19.5h10.8M9.9 23.5h12.2" />
      </g>
      <path d="M16 9.6c2 2 3.2 3.5 3.2 5.300a3.2 3.2 0 0 1-6.4 0c0-1.2.5-2 1.2-2.7.3 1 .8 1.6 1.4 1.8-.2-1.6 0-3 .6-4.400z" fill="var(--h-ember)" />
    </svg>
  )
}
