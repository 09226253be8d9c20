import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// The build goes into the Python package, which serves it; the folder is never committed.
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../hinomi/console_dist',
    emptyOutDir: true,
    sourcemap: false,
    // Our content security policy allows no data: scripts, and images are few: keep every file a file.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { '/console/api': process.env.HINOMI_URL ?? 'http://127.0.0.1:8099' } },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test-setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
})
