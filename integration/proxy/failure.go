package proxy

import (
	"encoding/json"
	"fmt"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

// failure is the status and the body that tell an error in the function's own form.
func failure(err error) (status int, body []byte) {
	status, told := client.Explain(err)
	body, err = json.Marshal(api.ErrorBody{Error: told})
	if err != nil { // two strings: this can't fail
		panic(fmt.Sprintf("proxy: write error: %v", err))
	}
	return status, body
}
