// Command decodetime times the decoding of pictures, for integration/bench/decode.py.
//
// For each file named in a line of the standard input it answers with a line of JSON:
// nanoseconds of CPU time, which other programs on the machine change little, and of the
// clock, and the growth of resident memory while it was decoded, at its peak, in MiB (on
// Linux; the file's own bytes are not part of it).
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/yolambda/yolambda/lambda/internal/picture"
)

// answer is what decoding a file took.
type answer struct {
	CPU  int64   `json:"cpu_ns"`
	Wall int64   `json:"wall_ns"`
	Peak float64 `json:"peak_mib"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "decodetime:", err)
		os.Exit(1)
	}
}

func run() error {
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		data, err := os.ReadFile(lines.Text())
		if err != nil {
			return err
		}
		a, err := decode(data)
		if err != nil {
			return fmt.Errorf("decode %s: %w", lines.Text(), err)
		}
		if err := out.Encode(a); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	return lines.Err()
}

func decode(data []byte) (answer, error) {
	debug.FreeOSMemory() // of the picture before
	// Linux takes the memory of now for the peak when it is told 5 (proc(5)). Elsewhere
	// there is no such file, and no peak is told.
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	before := peak()
	start, busy := time.Now(), cpu()
	p, err := picture.Decode(context.Background(), data)
	if err != nil {
		return answer{}, err
	}
	a := answer{CPU: cpu() - busy, Wall: time.Since(start).Nanoseconds(), Peak: peak() - before}
	p.Release()
	return a, nil
}

// cpu is the CPU time of this process so far, in ns.
func cpu() int64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		panic(err) // no errors but for wrong arguments
	}
	return use.Utime.Nano() + use.Stime.Nano()
}

// peak is the greatest resident memory so far, in MiB.
func peak() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kib, _ := strconv.ParseFloat(number, 64)
	return kib / 1024
}
