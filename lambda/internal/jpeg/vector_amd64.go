//go:build !purego

package jpeg

import "golang.org/x/sys/cpu"

var hasVectors = cpu.X86.HasAVX2
