/** What the API says about searches. Times whose names end in `Ms` or `Seen`, and `t`, are milliseconds. */
import type { Text } from './shapes'

export const DATASETS = ['all', 'endpoint', 'network', 'mail', 'cloud', 'identity', 'detections', 'thirdparty'] as const
export type Dataset = (typeof DATASETS)[number]

/** What is asked: the same for the list, its count, its chart, its facets and its export. */
export type Question = { query: string; dataset: Dataset; from?: string; to?: string }

export type TimeCounts = { bucketMs: number; from: number | string | null; to: number | string | null; items: { t: number; count: number }[] }

export type FacetCount = { value: unknown; count: number; share?: number }
export type FieldFacet = { field: string; distinct: number; absent: number; values: FacetCount[]; rare: FacetCount[] }
export type FieldFacets = { items: FieldFacet[]; sampled: boolean }

export type StackOrder = 'rare' | 'frequent'
export type StackRow = { values: unknown[]; count: number; endpoints: number; firstSeen: number; lastSeen: number }

export type CompletionKind = 'field' | 'operator' | 'value' | 'keyword'
export type CompletionItem = { insert: string; label: string; kind: CompletionKind; help?: Text | null; count?: number | null }
/** `from` and `to` are offsets of the text that an item takes the place of. */
export type QueryCompletion = { from: number; to: number; items: CompletionItem[] }

/** `at`: the column of the mistake, from 1. */
export type QueryCheck = { isValid: boolean; problem?: { text: Text; at: number | null; suggestion: string | null } | null }

export type PastQuery = { query: string; dataset: Dataset; from: string | number | null; to: string | number | null; at: string | number; rows: number | null }

export const EXPORT_FORMATS = ['csv', 'ndjson', 'parquet'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]
