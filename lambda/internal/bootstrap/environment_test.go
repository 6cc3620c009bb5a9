package bootstrap

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/yolambda/yolambda/lambda/yolotest"
)

// The function answers wherever it is put: it wants no home, no room to write,
// and no list of CPUs.
func TestEnvironment(t *testing.T) {
	library := yolotest.Library(t)
	for _, tt := range []struct {
		name  string
		setup string // shell commands as root of a mount namespace of its own; none if empty
	}{
		{"nothing set but what it needs", ""},
		{"read-only file system", "mount -o remount,bind,ro / && ! touch /probe 2>&-"},
		{"full /tmp", "mount -t tmpfs -o size=4k tmpfs /tmp && ! dd if=/dev/zero of=/tmp/full bs=64k count=1 2>&-"},
		{"no /tmp, /var, /home and /root", "for d in /var /home /root /tmp; do mount -t tmpfs -o ro tmpfs $d || exit 1; done"},
		{"masked /sys", "mount -t tmpfs tmpfs /sys && ! test -e /sys/devices/system/cpu"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.setup != "" {
				if out, err := exec.Command("unshare", "--mount", "sh", "-c", tt.setup).CombinedOutput(); err != nil {
					yolotest.Missing(t, yolotest.Tools, fmt.Sprintf("mount namespaces can't be had here: %v: %s", err, out))
				}
			}
			// The test's program may lie under /tmp: it is handed on open.
			self, err := os.Open("/proc/self/exe")
			if err != nil {
				t.Skip(err)
			}
			defer self.Close()
			s := newSandbox(t, func(api *httptest.Server) *exec.Cmd {
				var env []string
				for _, v := range function(t, api, library, squares).Env {
					if strings.HasPrefix(v, "YOLAMBDA_") || strings.HasPrefix(v, "AWS_LAMBDA_") {
						env = append(env, v)
					}
				}
				cmd := exec.Command("/proc/self/fd/3")
				if tt.setup != "" {
					cmd = exec.Command("/usr/bin/unshare", "--mount", "/bin/sh", "-c", tt.setup+" && exec /proc/self/fd/3")
				}
				cmd.Env, cmd.ExtraFiles = env, []*os.File{self}
				return cmd
			})
			process := s.running()
			s.rightAnswer()
			s.rightAnswer()
			if s.process != process {
				t.Error("the process ended")
			}
		})
	}
}
