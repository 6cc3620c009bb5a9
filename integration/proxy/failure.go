package proxy

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

// failure is the status and the body that tell an error in the function's own
// form. AWS's status is kept: a client has to tell 429 from a crash. Without an
// answer it is a 502: the proxy is fine, what stands behind it is not.
func failure(err error) (status int, body []byte) {
	told, ok := errors.AsType[*api.Error](err)
	if ok {
		status = told.Code.Status()
	} else {
		status = http.StatusBadGateway
		if aws, ok := errors.AsType[*client.EndpointError](err); ok && aws.Status >= 400 {
			status = aws.Status
		}
		told = api.Errorf(code(err), "%v", err)
	}
	body, err = json.Marshal(api.ErrorBody{Error: told})
	if err != nil { // two strings: this can't fail
		panic(fmt.Sprintf("proxy: write error: %v", err))
	}
	return status, body
}

func code(err error) api.Code {
	if endpoint, ok := errors.AsType[*client.EndpointError](err); ok {
		return api.Code(endpoint.Code)
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return "unreachable"
	}
	return "failed"
}
