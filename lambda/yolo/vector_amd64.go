//go:build !purego

package yolo

import "golang.org/x/sys/cpu"

var hasVectors = cpu.X86.HasAVX2
