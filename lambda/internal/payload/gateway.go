package payload

import "encoding/json"

// gatewayEvent and gatewayContext are what tells the events of AWS' other ways to call a
// function by HTTP from those of function URLs.
type gatewayEvent struct {
	Version    string `json:"version"`
	HTTPMethod string `json:"httpMethod"`
}

type gatewayContext struct {
	ELB          json.RawMessage `json:"elb"`
	ConnectionID string          `json:"connectionId"`
}

// gateway is what sent an event that is not read; empty where it may be.
func (ev event) gateway() string {
	switch c := ev.RequestContext; {
	case c.HTTP.Method != "":
		return ""
	case c.ELB != nil:
		return "an Application Load Balancer"
	case c.ConnectionID != "":
		return "a WebSocket API"
	case ev.HTTPMethod != "" && ev.Version == "1.0":
		return "an HTTP API with payload format 1.0"
	case ev.HTTPMethod != "":
		return "a REST API"
	}
	return ""
}
