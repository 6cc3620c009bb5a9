package bootstrap

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// reportInitError tells Lambda why the function can't start, so that callers
// and the console show the reason and not only that the process exited.
// aws-lambda-go has no call for this part of the Runtime API, whose HOST:PORT is given.
func reportInitError(runtimeAPI string, err error) {
	if runtimeAPI == "" {
		return // not on Lambda
	}
	body, _ := json.Marshal(map[string]string{"errorType": "Runtime.InitError", "errorMessage": err.Error()})
	client := http.Client{Timeout: 10 * time.Second} // of the init phase; on a busy machine one may be too short
	resp, postErr := client.Post("http://"+runtimeAPI+"/2018-06-01/runtime/init/error", "application/json", bytes.NewReader(body))
	if postErr == nil {
		resp.Body.Close()
	}
}
