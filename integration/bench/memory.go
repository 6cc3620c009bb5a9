package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
)

// Memory is a process's resident memory after many requests, in MiB, the
// greatest of all processes where there are several.
type Memory struct {
	Requests int     `json:"requests"`
	RSS      float64 `json:"rss_mib"`
	Peak     float64 `json:"peak_mib"`
	// BareRSS is that of the network alone, after 20 runs on the picture that takes
	// it most, and Ratio RSS over it; both only where it is compared.
	BareRSS float64 `json:"bare_rss_mib,omitempty"`
	Ratio   float64 `json:"ratio,omitempty"`
}

// mixed sends requests of all kinds by turns.
func (c Config) mixed(ctx context.Context, t target, requests []Request) (*Memory, error) {
	for i := range c.Mixed {
		if _, err := requests[i%len(requests)].send(ctx, t.client); err != nil {
			return nil, err
		}
	}
	use := &Memory{Requests: c.Mixed}
	for _, pid := range t.server.PIDs() {
		rss, peak, err := residentMemory(pid)
		if err != nil {
			return nil, err
		}
		use.RSS, use.Peak = max(use.RSS, rss), max(use.Peak, peak)
	}
	if c.Bare == "" {
		return use, nil
	}
	for _, r := range requests {
		rss, err := c.bareMemory(ctx, r)
		if err != nil {
			return nil, err
		}
		use.BareRSS = max(use.BareRSS, rss)
	}
	use.Ratio = use.RSS / use.BareRSS
	return use, nil
}

// bareMemory is the resident memory of the network alone, in MiB, after 20 runs on
// a request's picture.
func (c Config) bareMemory(ctx context.Context, r Request) (float64, error) {
	alone, err := c.startBare(ctx, r)
	if err != nil {
		return 0, err
	}
	defer alone.close()
	for range 20 {
		if _, err := alone.run(); err != nil {
			return 0, err
		}
	}
	rss, _, err := residentMemory(alone.cmd.Process.Pid)
	return rss, err
}

// residentMemory is a process's resident memory now and at its greatest, in MiB,
// as Linux tells them.
func residentMemory(pid int) (rss, peak float64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		fields := bytes.Fields(lines.Bytes())
		if len(fields) != 3 { // name, kB, unit
			continue
		}
		kb, _ := strconv.ParseFloat(string(fields[1]), 64)
		switch string(fields[0]) {
		case "VmRSS:":
			rss = kb / 1024
		case "VmHWM:":
			peak = kb / 1024
		}
	}
	return rss, peak, nil
}
