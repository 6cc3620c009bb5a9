package payload

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
