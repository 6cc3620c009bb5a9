package payload

import (
	"encoding/json"

	"github.com/yolambda/yolambda/lambda/api"
)

// objectEvent is EventBridge's event of something that happened in S3. Unlike in
// S3's own notifications the key has no escapes.
type objectEvent struct {
	Source     string `json:"source"`
	DetailType string `json:"detail-type"`
	Detail     struct {
		Bucket struct {
			Name string `json:"name"`
		} `json:"bucket"`
		Object struct {
			Key string `json:"key"`
		} `json:"object"`
	} `json:"detail"`
}

// objectCreated reports whether the event is that of a new object.
func (e objectEvent) objectCreated() bool {
	return e.Source == "aws.s3" && e.DetailType == "Object Created"
}

// object is the address of the object.
func (e objectEvent) object() string {
	return "s3://" + e.Detail.Bucket.Name + "/" + e.Detail.Object.Key
}

// queueEvent is what Lambda hands on of an SQS queue.
type queueEvent struct {
	Records []struct {
		EventSource string `json:"eventSource"`
		Body        string `json:"body"`
	} `json:"Records"`
}

// queued reports whether the event comes from a queue.
func (e queueEvent) queued() bool {
	return len(e.Records) > 0 && e.Records[0].EventSource == "aws:sqs"
}

// newObject is the event in the queue's one message. Anything else is an error: Lambda
// takes a reply for a success, and would delete the messages.
func (e queueEvent) newObject() (objectEvent, error) {
	if len(e.Records) > 1 {
		return objectEvent{}, api.Errorf(api.InvalidRequest,
			"the queue hands on %d messages at once; the function takes one: set the event source mapping's BatchSize to 1", len(e.Records))
	}
	var object objectEvent
	if err := json.Unmarshal([]byte(e.Records[0].Body), &object); err != nil || !object.objectCreated() {
		return objectEvent{}, api.Errorf(api.InvalidRequest, `the queue's message is not EventBridge's event "Object Created" of S3`)
	}
	return object, nil
}
