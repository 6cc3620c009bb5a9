package emulator

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"
)

// invocation is one event on its way through a process.
type invocation struct {
	id, traceID string
	payload     []byte
	own         bool        // nobody but the emulator has the payload
	sent        atomic.Bool // the process has been handed all of it
	deadline    time.Time
	// answer takes the one result that the process gives.
	answer chan Result
	// answered is true once it has; guarded by the process's mutex.
	answered bool
	// done is closed when the process, having answered, asks for more.
	done chan struct{}
}

func newInvocation(payload []byte) *invocation {
	return &invocation{
		id:      newRequestID(),
		traceID: newTraceID(),
		payload: payload,
		answer:  make(chan Result, 1),
		done:    make(chan struct{}),
	}
}

// failure describes an invocation that Lambda, not the function, declares
// failed.
func (inv *invocation) failure(kind, message string) Result {
	payload, err := json.Marshal(struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{kind, fmt.Sprintf("RequestId: %s Error: %s", inv.id, message)})
	if err != nil {
		// Two strings can always be written as JSON.
		panic(err)
	}
	return Result{Payload: payload, FunctionError: "Unhandled", RequestID: inv.id}
}

// newRequestID returns a random UUID (version 4).
func newRequestID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// newTraceID returns an X-Ray trace header that asks for no tracing.
func newTraceID() string {
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", time.Now().Unix(), randomHex(12), randomHex(8))
}

// randomHex returns n random bytes in hex.
func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
