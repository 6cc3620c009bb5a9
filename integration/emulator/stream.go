package emulator

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
)

// serveInvokeWithStream answers as InvokeWithResponseStream does for a function that
// does not stream: its payload in one chunk, and then the end with what went wrong.
func (e *Emulator) serveInvokeWithStream(w http.ResponseWriter, r *http.Request) {
	inv := newInvocation(nil)
	if !e.readInvoke(w, r, inv) {
		return
	}
	result, err := e.invoke(context.WithoutCancel(r.Context()), inv)
	if err != nil {
		e.writeInvokeError(w, err)
		return
	}
	var end struct {
		ErrorCode    string `json:",omitempty"`
		ErrorDetails string `json:",omitempty"`
		LogResult    string `json:",omitempty"`
	}
	end.LogResult = logTailFor(r, result)
	if result.FunctionError != "" {
		end.ErrorCode, end.ErrorDetails = result.FunctionError, string(result.Payload)
		note(w, functionError(result.Payload))
	}
	complete, err := json.Marshal(end)
	if err != nil {
		panic(err) // three strings can always be written as JSON
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.amazon.eventstream")
	h.Set("X-Amz-Executed-Version", version)
	h.Set("X-Amzn-Trace-Id", inv.traceID)
	encoder := eventstream.NewEncoder()
	if result.FunctionError == "" {
		_ = encoder.Encode(w, streamEvent("PayloadChunk", "application/octet-stream", result.Payload))
	}
	// An error means that the caller has gone.
	_ = encoder.Encode(w, streamEvent("InvokeComplete", "application/json", complete))
}

func streamEvent(kind, contentType string, payload []byte) eventstream.Message {
	var headers eventstream.Headers
	headers.Set(":message-type", eventstream.StringValue("event"))
	headers.Set(":event-type", eventstream.StringValue(kind))
	headers.Set(":content-type", eventstream.StringValue(contentType))
	return eventstream.Message{Headers: headers, Payload: payload}
}
