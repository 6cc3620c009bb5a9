// Command bootstrap is the Lambda function: it answers a picture with what a
// YOLO model sees in it.
package main

import "github.com/yolambda/yolambda/lambda/internal/bootstrap"

func main() { bootstrap.Main() }
