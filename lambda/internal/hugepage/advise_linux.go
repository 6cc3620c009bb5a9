package hugepage

import (
	"os"
	"syscall"
	"unsafe"
)

// advise may fail, and then the pages are small ones.
func advise(b []byte) {
	page := os.Getpagesize()
	start := -int(uintptr(unsafe.Pointer(&b[0]))) & (page - 1)
	_ = syscall.Madvise(b[start:start+(len(b)-start)&^(page-1)], syscall.MADV_HUGEPAGE)
}
