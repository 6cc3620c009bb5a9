package emulator

import (
	"os"
	"os/exec"
	"testing"
)

// TestEmulatorDies: the function does not outlive an emulator that is killed.
func TestEmulatorDies(t *testing.T) {
	g := newGate(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	host := exec.Command(self)
	host.Env = []string{fakeVariable + "=host", "FAKE_GATE=" + g.url}
	host.Stderr = os.Stderr
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	<-g.waiting
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait()
	// The function's connection to the gate ends with the function.
	<-g.gone
}
