package hugepage

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unsafe"
)

// TestAdvise looks up what Linux has noted for the memory's middle: "hg" is huge pages
// (proc_pid_smaps(5)).
func TestAdvise(t *testing.T) {
	if _, err := os.Stat("/sys/kernel/mm/transparent_hugepage/enabled"); err != nil {
		t.Skip("this Linux has no huge pages")
	}
	b := make([]byte, 3*least)
	b = b[1 : len(b)-1] // not at the edges of pages
	Advise(b)
	if flags := flagsAt(t, uintptr(unsafe.Pointer(&b[len(b)/2]))); !strings.Contains(flags, " hg") {
		t.Errorf("Linux notes %q", flags)
	}
	b[0], b[len(b)-1] = 1, 2 // both are there
	Advise(nil)
	Advise(b[:1])
}

func flagsAt(t *testing.T, address uintptr) string {
	t.Helper()
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range strings.Lines(string(smaps)) {
		var start, end uintptr
		if n, _ := fmt.Sscanf(line, "%x-%x ", &start, &end); n == 2 {
			inside = start <= address && address < end
		}
		if flags, ok := strings.CutPrefix(line, "VmFlags:"); ok && inside {
			return flags
		}
	}
	t.Fatal("the memory is in no mapping")
	return ""
}
