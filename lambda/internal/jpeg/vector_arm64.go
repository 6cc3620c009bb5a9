//go:build !purego

package jpeg

const hasVectors = true // every arm64 CPU has NEON
