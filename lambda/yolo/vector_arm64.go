//go:build !purego

package yolo

const hasVectors = true // every arm64 CPU has NEON
