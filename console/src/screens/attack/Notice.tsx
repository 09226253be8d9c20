/** What MITRE's terms ask to be shown wherever its data are: in their own words, in every language. */
export function Notice({ text }: { text: string }) {
  return <small className="dim" lang="en">{text}</small>
}
