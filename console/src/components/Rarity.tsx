import { useTranslation } from 'react-i18next'

/** A rarity of 0 to 1 in a word: what hardly any endpoint has is rare. */
export function rarityWord(rarity: number | null | undefined): 'rare' | 'uncommon' | null {
  if (rarity === null || rarity === undefined) return null
  return rarity >= 0.95 ? 'rare' : rarity >= 0.8 ? 'uncommon' : null
}

export function Rarity({ rarity }: { rarity: number | null | undefined }) {
  const { t } = useTranslation()
  const word = rarityWord(rarity)
  return word && <span className={`badge${word === 'rare' ? ' badge-warn' : ''}`}>{t(`entity.rarity.${word}`)}</span>
}
