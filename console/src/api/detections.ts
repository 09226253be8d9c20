import { get, type Query } from './client'
import type { DetectionRow, Facets, Histogram, Page } from './shapes'

export type DetectionQuery = Query & {
  from?: string
  to?: string
  risk?: string
  tactic?: string
  technique?: string
  filter?: string
  endpoint?: string
  search?: string
}

export const listDetections = (query: DetectionQuery, signal?: AbortSignal) =>
  get<Page<DetectionRow>>('/detections', query, signal)
export const readHistogram = (query: DetectionQuery, signal?: AbortSignal) =>
  get<Histogram>('/detections/histogram', query, signal)
export const readFacets = (query: DetectionQuery, signal?: AbortSignal) =>
  get<Facets>('/detections/facets', query, signal)
